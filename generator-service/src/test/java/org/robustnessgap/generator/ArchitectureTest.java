package org.robustnessgap.generator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.robustnessgap.generator", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule PURE_PACKAGES_KNOW_NEITHER_KAFKA_NOR_MICRONAUT =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.robustnessgap.generator.sampling..", "org.robustnessgap.generator.plan..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.micronaut..",
              "io.prometheus..",
              "org.robustnessgap.messages.kafka..",
              "org.robustnessgap.messages.service..");
}
