package org.robustnessgap.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "org.robustnessgap.deploy",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class LayersTest {
  @ArchTest
  static final ArchRule TABLE_IS_PURE =
      noClasses()
          .that()
          .resideInAPackage("..table..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "kafka..", "io.micronaut..");

  @ArchTest
  static final ArchRule PROGRESS_IS_PURE =
      noClasses()
          .that()
          .haveSimpleName("CampaignProgress")
          .or()
          .haveSimpleName("ProgressLine")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "kafka..", "io.micronaut..");
}
