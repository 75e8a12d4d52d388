package org.robustnessgap.messages;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.robustnessgap.messages", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule MESSAGES_KNOW_NEITHER_KAFKA_NOR_MICRONAUT =
      noClasses()
          .that()
          .resideInAPackage("org.robustnessgap.messages")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..", "io.micronaut..", "org.robustnessgap.messages.*..");

  @ArchTest
  static final ArchRule KAFKA_WIRING_KNOWS_NO_MICRONAUT =
      noClasses()
          .that()
          .resideInAPackage("org.robustnessgap.messages.kafka..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.micronaut..", "org.robustnessgap.messages.service..");
}
