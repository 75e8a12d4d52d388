package org.robustnessgap.campaign.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.robustnessgap.campaign.plan.Campaigns.sampling;
import static org.robustnessgap.campaign.plan.Campaigns.smoothness;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.Topic;

/** What of a campaign in force may change, and what is refused. */
class CampaignChangesTest extends LedgerScenario {
  @Test
  void aStoppedCampaignSendsNothingAndResumesWhereItStopped() {
    Campaign campaign = Campaigns.of("c", sampling(null, null, 2), null, "a");
    ledger.apply(campaign);
    sendAll(START);
    ledger.stop("c");
    assertThat(ledger.knows("c")).isTrue();
    assertThat(ledger.inForce("c")).isEmpty();
    assertThat(ledger.due(START.plus(Duration.ofDays(1)))).isEmpty();
    ledger.answered(attack("a", 0));
    assertThat(ledger.due(START)).isEmpty();
    ledger.apply(campaign);
    assertThat(ledger.inForce("c")).contains(campaign);
    assertThat(sendOne(START)).isEqualTo(attack("a", 8));
  }

  @Test
  void classifiersComeAndGo() {
    ledger.apply(Campaigns.of("c", sampling(null, null, 1), null, "a", "b"));
    sendAll(START);
    ledger.apply(Campaigns.of("c", sampling(null, null, 1), null, "a", "new"));
    assertThat(sendAll(START).stream().map(Job::id)).containsExactly(attack("new", 0));
    ledger.answered(attack("b", 0));
    assertThat(ledger.due(START)).isEmpty();
    ledger.apply(Campaigns.of("c", sampling(null, null, 1), null, "b"));
    assertThat(sendAll(START).stream().map(Job::id)).containsExactly(attack("b", 4));
  }

  @Test
  void numberOfSamplesChangesAtTheEndOfAWindow() {
    ledger.apply(Campaigns.of("c", sampling(8L, null, 100), null, "a"));
    assertThat(sendAll(START)).hasSize(2);
    ledger.apply(Campaigns.of("c", sampling(18L, null, 100), null, "a"));
    assertThat(sendAll(START).stream().map(job -> job.id().firstOrdinal()))
        .containsExactly(8L, 12L, 16L);
    assertRefused(Campaigns.of("c", sampling(24L, null, 100), null, "a"), "samples");
    ledger.apply(Campaigns.of("c", sampling(8L, null, 100), null, "a"));
    // What lies behind the new end is not sent again.
    assertThat(ledger.due(START.plusSeconds(60)).orElseThrow().job().id())
        .isEqualTo(attack("a", 0));
    ledger.answered(attack("a", 0));
    ledger.answered(attack("a", 4));
    assertThat(ledger.due(START.plusSeconds(60))).isEmpty();
  }

  @Test
  void changesThatWouldGiveAJobNewContentAreRefused() {
    Campaign old = Campaigns.of("c", sampling(16L, null, 1), smoothness(4), "a");
    ledger.apply(old);
    SamplingPlan plan = old.sampling();
    assertRefused(with(old, new SamplingPlan(8, 16L, null, 4, 8, 1, 60)), "seed");
    assertRefused(with(old, new SamplingPlan(7, 16L, null, 8, 8, 1, 60)), "batch size");
    assertRefused(with(old, new SamplingPlan(7, 16L, null, 4, 4, 1, 60)), "window");
    assertRefused(with(old, sampling(20L, null, 1), smoothness(5)), "smoothness");
    assertRefused(with(old, plan, null), "smoothness");
    assertRefused(
        new Campaign(
            "c",
            new GeneratorReference("dcgan", "other.onnx", 3),
            old.classifiers(),
            plan,
            old.attack(),
            old.smoothness(),
            old.transfer(),
            old.quantiles()),
        "generator");
    assertRefused(
        new Campaign(
            "c",
            old.generator(),
            List.of(new ModelReference("a", "other.onnx")),
            plan,
            old.attack(),
            old.smoothness(),
            old.transfer(),
            old.quantiles()),
        "classifier a");
    assertRefused(
        new Campaign(
            "c",
            old.generator(),
            old.classifiers(),
            plan,
            AttackPlan.of(AttackPlan.standard().spaces(), Algorithm.DeepFool.standard()),
            old.smoothness(),
            old.transfer(),
            old.quantiles()),
        "attack plan");
    assertThat(ledger.inForce("c")).contains(old);
    assertThat(sendAll(START)).hasSize(2);
  }

  @Test
  void rateAndLimitsMayChange() {
    Campaign old = Campaigns.of("c", sampling(null, 1.0, 1), null, "a");
    ledger.apply(old);
    sendAll(START);
    Campaign changed = Campaigns.of("c", sampling(null, null, 5), smoothness(2), "a");
    assertThatCode(() -> ledger.apply(changed)).doesNotThrowAnyException();
    assertThat(sendAll(START)).hasSize(5);
    assertThat(ledger.inForce("c")).contains(changed);
  }

  @Test
  void aBatchThatFitsNoMessageIsRefusedWithTheLargestThatDoes() {
    GeneratorReference wide = new GeneratorReference("wide", "wide.onnx", 1024);
    SamplingPlan plan = SamplingPlan.bounded(0, 4096, 4096);
    Campaign campaign =
        new Campaign(
            "c",
            wide,
            List.of(new ModelReference("a", "a.onnx")),
            plan,
            AttackPlan.standard(),
            null,
            null,
            List.of(0.5));
    assertRefused(
        campaign, "no more than 3059 latent vectors of length 1024 fit a message of 16 MiB");
    assertThat(ledger.inForce("c")).isEmpty();
    assertThatCode(() -> ledger.apply(with(campaign, SamplingPlan.bounded(0, 4096, 3059))))
        .doesNotThrowAnyException();
    byte[] message = Json.write(ledger.due(START).orElseThrow().job());
    assertThat(message.length).isBetween(16_000_000, Topic.LARGEST_MESSAGE_BYTES);
  }

  private static Campaign with(Campaign campaign, SamplingPlan sampling) {
    return with(campaign, sampling, campaign.smoothness());
  }

  private static Campaign with(
      Campaign campaign, SamplingPlan sampling, SmoothnessPlan smoothness) {
    return new Campaign(
        campaign.id(),
        campaign.generator(),
        campaign.classifiers(),
        sampling,
        campaign.attack(),
        smoothness,
        null,
        campaign.quantiles());
  }
}
