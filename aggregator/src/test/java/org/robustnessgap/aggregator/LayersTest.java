package org.robustnessgap.aggregator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "org.robustnessgap.aggregator",
    importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
  @ArchTest
  static final ArchRule THE_CORE_IS_PURE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..aggregator.fold..", "..aggregator.quantile..", "..aggregator.view..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.micronaut..",
              "io.prometheus..",
              "..messages.kafka..",
              "..messages.service..",
              "..aggregator.service..");

  @ArchTest
  static final ArchRule THE_FOLD_KNOWS_NO_CLOCK =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..aggregator.fold..", "..aggregator.quantile..", "..aggregator.view..")
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(java.time.Clock.class, java.time.Instant.class);
}
