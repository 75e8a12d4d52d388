package org.robustnessgap.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** The walls of the house: see docs for the picture. */
@AnalyzeClasses(packages = "org.robustnessgap", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String MESSAGES = "org.robustnessgap.messages..";
  private static final String DATA = "org.robustnessgap.data..";
  private static final String ONNX = "org.robustnessgap.onnx..";
  private static final String ENGINE = "org.robustnessgap.engine..";
  private static final String ND4J = "org.robustnessgap.engine.nd4j..";
  private static final String CERTIFICATE = "org.robustnessgap.certificate..";
  private static final String ATTACK = "org.robustnessgap.attack..";
  private static final String LIMIT = "org.robustnessgap.limit..";
  private static final String DISTANCE = "org.robustnessgap.distance..";
  private static final String FIT = "org.robustnessgap.fit..";
  private static final String CAMPAIGN = "org.robustnessgap.campaign..";
  private static final String TRAFFIC = "org.robustnessgap.traffic..";
  private static final String SERVING = "org.robustnessgap.serving..";
  private static final String SERVICE = "org.robustnessgap.service..";
  private static final String[] CORE = {
    MESSAGES, DATA, ONNX, ENGINE, CERTIFICATE, ATTACK, LIMIT, DISTANCE, FIT, CAMPAIGN
  };

  @ArchTest
  static final ArchRule NO_CIRCLE_BETWEEN_PACKAGES =
      slices().matching("org.robustnessgap.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_CORE_KNOWS_NO_PROCESS =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.micronaut..",
              "io.prometheus..",
              "picocli..",
              "ch.qos.logback..",
              SERVICE,
              SERVING,
              "org.robustnessgap.generator..",
              "org.robustnessgap.worker..",
              "org.robustnessgap.bound..",
              "org.robustnessgap.aggregator..",
              "org.robustnessgap.deploy..");

  /** It reads JSON and so is none of the core, but as pure. */
  @ArchTest
  static final ArchRule TRAFFIC_KNOWS_NEITHER_PROCESSES_NOR_MODELS =
      noClasses()
          .that()
          .resideInAPackage(TRAFFIC)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.micronaut..",
              "io.prometheus..",
              SERVICE,
              ONNX,
              ENGINE,
              ATTACK,
              LIMIT,
              CAMPAIGN);

  /** It speaks HTTP and so is none of the core; who asks, and why, it does not know. */
  @ArchTest
  static final ArchRule SERVING_KNOWS_NEITHER_PROCESSES_NOR_CAMPAIGNS =
      noClasses()
          .that()
          .resideInAPackage(SERVING)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.micronaut..",
              "io.prometheus..",
              "picocli..",
              SERVICE,
              ENGINE,
              LIMIT,
              CAMPAIGN);

  @ArchTest
  static final ArchRule ONLY_SERVING_SPEAKS_TO_SERVERS_OF_MODELS =
      noClasses()
          .that()
          .resideOutsideOfPackage(SERVING)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.robustnessgap.serving.call..", "org.robustnessgap.serving.oip..", "io.grpc..");

  @ArchTest
  static final ArchRule KAFKA_WIRING_KNOWS_NO_MICRONAUT =
      noClasses()
          .that()
          .resideInAPackage("org.robustnessgap.service.kafka..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micronaut..");

  @ArchTest
  static final ArchRule DIFFERENTIATION_RUNS_NOTHING =
      noClasses()
          .that()
          .resideInAPackage(ONNX)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ENGINE, ATTACK, CERTIFICATE, "ai.onnxruntime..");

  /** What brings a model to its form is behind {@code ModelImport}; nobody else calls it. */
  @ArchTest
  static final ArchRule ONLY_THE_IMPORT_KNOWS_ITS_STEPS =
      noClasses()
          .that()
          .resideOutsideOfPackage(ONNX)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.robustnessgap.onnx.lowering..",
              "org.robustnessgap.onnx.batch..",
              "org.robustnessgap.onnx.control..",
              "org.robustnessgap.onnx.integer..",
              "org.robustnessgap.onnx.scores..");

  @ArchTest
  static final ArchRule ENGINES_KNOW_NO_ATTACK =
      noClasses()
          .that()
          .resideInAPackage(ENGINE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ATTACK, CERTIFICATE);

  @ArchTest
  static final ArchRule BOUNDS_AND_ATTACKS_ARE_INDEPENDENT =
      noClasses()
          .that()
          .resideInAPackage(CERTIFICATE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ATTACK);

  /** How perturbations are searched is behind {@code Attack} and the targets. */
  @ArchTest
  static final ArchRule ONLY_ATTACKS_KNOW_THEIR_ALGORITHMS =
      noClasses()
          .that()
          .resideOutsideOfPackage(ATTACK)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.robustnessgap.attack.descent..",
              "org.robustnessgap.attack.baseline..",
              "org.robustnessgap.attack.pair..",
              "org.robustnessgap.attack.metric..",
              "org.robustnessgap.attack.plausibility..");

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
          .resideOutsideOfPackage(ND4J)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..", "org.bytedeco..", ND4J);

  @ArchTest
  static final ArchRule LIMITS_KNOW_NEITHER_MODELS_NOR_CAMPAIGNS =
      noClasses()
          .that()
          .resideInAnyPackage(LIMIT, DISTANCE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ONNX, ENGINE, ATTACK, CERTIFICATE, CAMPAIGN);

  @ArchTest
  static final ArchRule FITTING_KNOWS_NEITHER_FILES_NOR_WHAT_IT_IS_FOR =
      noClasses()
          .that()
          .resideInAPackage(FIT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DATA, ATTACK, CERTIFICATE, LIMIT, DISTANCE, CAMPAIGN);

  @ArchTest
  static final ArchRule DATA_KNOW_NO_MODELS =
      noClasses()
          .that()
          .resideInAPackage(DATA)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ONNX, ENGINE, ATTACK, CERTIFICATE, LIMIT, DISTANCE, CAMPAIGN);

  @ArchTest
  static final ArchRule ONLY_DATA_KNOW_FILES_OF_IMAGES =
      noClasses()
          .that()
          .resideOutsideOfPackage(DATA)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "javax.imageio..", "org.apache.commons.compress..", "us.hebi.matlab..");

  @ArchTest
  static final ArchRule THE_FOLD_KNOWS_NO_CLOCK =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.robustnessgap.campaign.fold..",
              "org.robustnessgap.campaign.quantile..",
              "org.robustnessgap.aggregator.view..")
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(Clock.class, Instant.class);

  @ArchTest
  static final ArchRule THE_VIEW_IS_PURE =
      noClasses()
          .that()
          .resideInAnyPackage("org.robustnessgap.aggregator.view..", "..deploy.table..")
          .or()
          .haveSimpleName("CampaignProgress")
          .or()
          .haveSimpleName("ProgressLine")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "kafka..", "io.micronaut..", "io.prometheus..");
}
