package org.robustnessgap.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.Window;

/** A moved alias of a registry begins a campaign, also when the service was away meanwhile. */
@Timeout(60) // An alias that is never read fails instead of blocking the build.
class GeneratorRegistryTest extends GeneratorScenario {
  private static final String ALIAS = "models:/digits@champion";

  @AfterEach
  void stop() {
    body.close();
  }

  private void measureVersion1() {
    write(
        Topic.CAMPAIGNS,
        "nightly",
        new Campaign(
            "nightly",
            new GeneratorReference("g", "g.onnx", 2),
            List.of(new ModelReference("digits", ALIAS)),
            SamplingPlan.bounded(1, 1, 1),
            AttackPlan.standard(),
            null,
            null,
            List.of(0.25)));
    write(
        Topic.ATTACK_RESULTS,
        "nightly/digits",
        new AttackResult(
            new JobId("nightly", JobKind.ATTACK, "digits", 0),
            new Window(0, 1),
            2,
            2,
            "w",
            "e",
            1,
            List.of(new SampleResult(0, 1, 1, 1, Map.of(Space.LATENT, new Outcome.Tie(0, 1)))),
            List.of(),
            null,
            new Provenance("g", AttackPlan.standard(), new ModelIdentity("1", null, null), null)));
  }

  private List<String> campaigns() {
    return topics.get(Topic.CAMPAIGNS).stream().map(written -> written.key()).toList();
  }

  private void settleUntilCampaigns(int count) throws Exception {
    while (campaigns().size() < count) {
      hints.release();
      settle();
    }
    settle();
  }

  @Test
  void theVersionThatItPointsToIsMeasuredInACampaignOfItsOwn() throws Exception {
    measureVersion1();
    aliases.put(ALIAS, "1");
    start(NOW);
    settle();
    assertThat(campaigns()).containsExactly("nightly");

    aliases.put(ALIAS, "2");
    settleUntilCampaigns(2);
    assertThat(campaigns()).containsExactly("nightly", "nightly-digits-v2");
    assertThat(topics.get(Topic.LATENT_SAMPLES))
        .extracting(job -> job.key())
        .containsExactly("nightly-digits-v2/attack/digits/0");
  }

  @Test
  void aServiceThatWasAwayFindsOut() throws Exception {
    measureVersion1();
    aliases.put(ALIAS, "3");
    start(NOW);
    settleUntilCampaigns(2);
    assertThat(campaigns()).containsExactly("nightly", "nightly-digits-v3");
    body.close();
    start(NOW);
    hints.release();
    settle();
    assertThat(campaigns()).as("begun once").hasSize(2);
  }
}
