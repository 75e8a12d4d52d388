package org.robustnessgap.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.campaign.CampaignTopic;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.VersionFigure;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;

/** A model is replaced under its name in mid-campaign: its figures split exactly at the swap. */
final class ReplacedModelIT {
  private static final int SAMPLES = 96;

  @TempDir Path folder;

  /** By renaming, as one must; returns what it is then. */
  private ModelIdentity put(String model) throws Exception {
    Path source = Path.of(TestCampaigns.model(model));
    Path written = Files.copy(source, folder.resolve("written"));
    Files.move(written, folder.resolve("f.onnx"), StandardCopyOption.REPLACE_EXISTING);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(source));
    return new ModelIdentity(null, HexFormat.of().formatHex(digest), null);
  }

  private Campaign campaign() {
    Campaign whole = TestCampaigns.full("replaced", SAMPLES, 4, "mnist-mlp");
    return new Campaign(
        whole.id(),
        whole.generator(),
        List.of(new ModelReference("f", folder.resolve("f.onnx").toString())),
        whole.sampling(),
        whole.attack(),
        whole.smoothness(),
        null,
        whole.quantiles());
  }

  private static List<AttackResult> results(KafkaClients clients) {
    return Watching.all(clients, Topic.ATTACK_RESULTS).stream()
        .map(found -> Records.read(found, AttackResult.class))
        .toList();
  }

  @Test
  void figuresSplitExactlyAtTheSwapAndNothingIsLost() throws Exception {
    ModelIdentity before = put("mnist-lenet");
    try (LocalSystem system = new LocalSystem(EngineSettings.standard())) {
      assertThat(system.start(0)).isTrue();
      KafkaClients clients = system.clients();
      CampaignTopic.apply(clients, campaign());
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !results(clients).isEmpty());
      ModelIdentity after = put("mnist-mlp");

      CampaignProgress progress = Watching.until(clients, campaign(), CampaignProgress::complete);

      assertThat(progress.failures()).isEmpty();
      RobustnessGap gap = progress.gaps().get(0);
      assertThat(gap.measured()).isEqualTo(SAMPLES);
      assertThat(gap.failed()).isZero();
      assertThat(gap.provenance().model()).isEqualTo(after);
      assertThat(gap.versions()).extracting(VersionFigure::model).containsExactly(before, after);
      for (VersionFigure version : gap.versions()) {
        Set<Long> ordinals = ordinals(results(clients), version.model());
        assertThat(version.samples()).isEqualTo(ordinals.size());
        assertThat(version.firstOrdinal()).isEqualTo(ordinals.iterator().next());
        assertThat(ordinals).hasSizeBetween(1, SAMPLES - 1);
      }
      assertThat(ordinals(results(clients), null))
          .as("each sample once, of whichever version")
          .containsExactlyElementsOf(LongStream.range(0, SAMPLES).boxed().toList());
      VersionFigure shown = gap.versions().get(1);
      assertThat(gap.ofOtherProvenance()).isEqualTo(SAMPLES - shown.samples());
      assertThat(gap.limitSamples()).as("labels of this version alone").isEqualTo(shown.samples());
      assertThat(gap.suspicions()).isEmpty();
    }
  }

  /** Of the results of a version, or of all. */
  private static Set<Long> ordinals(List<AttackResult> results, ModelIdentity model) {
    return results.stream()
        .filter(result -> model == null || result.provenance().model().equals(model))
        .flatMap(result -> result.samples().stream())
        .map(SampleResult::ordinal)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
