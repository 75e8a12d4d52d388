package org.robustnessgap.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.robustnessgap.worker", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ONNX = "org.robustnessgap.worker.onnx..";
  private static final String ENGINE = "org.robustnessgap.worker.engine..";
  private static final String ATTACK = "org.robustnessgap.worker.attack..";
  private static final String PROJECTION = "org.robustnessgap.worker.projection..";
  private static final String CERTIFICATE = "org.robustnessgap.worker.certificate..";
  private static final String SHELL = "org.robustnessgap.worker";

  @ArchTest
  static final ArchRule PURE_PACKAGES_KNOW_NEITHER_KAFKA_NOR_MICRONAUT =
      noClasses()
          .that()
          .resideInAnyPackage(ONNX, ENGINE, ATTACK, PROJECTION, CERTIFICATE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.micronaut..",
              "org.robustnessgap.messages.kafka..",
              "org.robustnessgap.messages.service..",
              SHELL);

  @ArchTest
  static final ArchRule DIFFERENTIATION_RUNS_NOTHING =
      noClasses()
          .that()
          .resideInAPackage(ONNX)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ENGINE, ATTACK, PROJECTION, CERTIFICATE, "ai.onnxruntime..");

  @ArchTest
  static final ArchRule ENGINES_KNOW_NO_ATTACK =
      noClasses()
          .that()
          .resideInAPackage(ENGINE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ATTACK, PROJECTION, CERTIFICATE);

  @ArchTest
  static final ArchRule BOUNDS_AND_ATTACKS_ARE_INDEPENDENT =
      noClasses()
          .that()
          .resideInAPackage(CERTIFICATE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ATTACK, PROJECTION);

  @ArchTest
  static final ArchRule ATTACKS_KNOW_NO_PROJECTION =
      noClasses()
          .that()
          .resideInAPackage(ATTACK)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(PROJECTION);

  @ArchTest
  static final ArchRule ONLY_ENGINES_KNOW_A_RUNTIME =
      noClasses()
          .that()
          .resideOutsideOfPackage(ENGINE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule ONLY_ITS_ENGINE_KNOWS_ND4J =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.robustnessgap.worker.engine.nd4j..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..", "org.bytedeco..");
}
