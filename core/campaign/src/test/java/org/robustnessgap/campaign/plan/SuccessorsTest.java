package org.robustnessgap.campaign.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Window;

/** What a moved alias begins. */
class SuccessorsTest {
  private static final String ALIAS = "models:/digits@champion";

  private final Successors successors = new Successors();

  private static Campaign campaign(SamplingPlan sampling) {
    return new Campaign(
        "nightly",
        Campaigns.GENERATOR,
        List.of(new ModelReference("digits", ALIAS), new ModelReference("file", "file.onnx")),
        sampling,
        AttackPlan.standard(),
        null,
        null,
        List.of(0.25));
  }

  private static AttackResult result(String version) {
    return new AttackResult(
        new JobId("nightly", JobKind.ATTACK, "digits", 0),
        new Window(0, 8),
        2,
        3,
        "w",
        "e",
        1,
        List.of(new SampleResult(0, 1, 1, 1, Map.of(Space.LATENT, new Outcome.Tie(0, 1)))),
        List.of(),
        null,
        new Provenance(
            "dcgan", AttackPlan.standard(), new ModelIdentity(version, null, null), null));
  }

  @Test
  void aMovedAliasBeginsTheSameCampaignOfTheNewVersionOnce() {
    successors.applied(campaign(SamplingPlan.bounded(1, 8, 4)));
    assertThat(successors.aliases()).containsExactly(ALIAS);
    successors.answered(result("1"));

    assertThat(successors.of(ALIAS, "1")).as("nothing moved").isEmpty();
    List<Campaign> begun = successors.of(ALIAS, "2");
    assertThat(begun).hasSize(1);
    Campaign next = begun.get(0);
    assertThat(next.id()).isEqualTo("nightly-digits-v2");
    assertThat(next.classifiers())
        .containsExactly(new ModelReference("digits", "models:/digits/2"));
    assertThat(next.sampling()).isEqualTo(SamplingPlan.bounded(1, 8, 4));

    successors.applied(next);
    assertThat(successors.of(ALIAS, "2")).as("it is begun").isEmpty();
    assertThat(successors.aliases()).as("which is of a version, not of an alias").hasSize(1);
    successors.stopped("nightly-digits-v2");
    assertThat(successors.of(ALIAS, "2")).as("whoever stopped it meant it").isEmpty();
  }

  @Test
  void nothingBeginsBeforeAnythingWasMeasured() {
    successors.applied(campaign(SamplingPlan.bounded(1, 8, 4)));
    assertThat(successors.of(ALIAS, "2")).isEmpty();
  }

  @Test
  void aCampaignWithoutEndGoesOnByItself() {
    successors.applied(campaign(new SamplingPlan(1, null, null, 4, 8, 4, 60)));
    successors.answered(result("1"));
    assertThat(successors.aliases()).isEmpty();
    assertThat(successors.of(ALIAS, "2")).isEmpty();
  }

  @Test
  void aStoppedCampaignHasNoSuccessor() {
    successors.applied(campaign(SamplingPlan.bounded(1, 8, 4)));
    successors.answered(result("1"));
    successors.stopped("nightly");
    assertThat(successors.of(ALIAS, "2")).isEmpty();
  }
}
