package org.robustnessgap.bound;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "org.robustnessgap.bound",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule limitsAndEvidenceArePure =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.robustnessgap.bound.limit..",
              "org.robustnessgap.bound.distance..",
              "org.robustnessgap.bound.evidence..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.micronaut..",
              "io.prometheus..",
              "org.robustnessgap.messages.kafka..",
              "org.robustnessgap.messages.service..");

  @ArchTest
  static final ArchRule limitsKnowNoMessages =
      noClasses()
          .that()
          .resideInAPackage("org.robustnessgap.bound.limit..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.robustnessgap.bound.evidence..");
}
