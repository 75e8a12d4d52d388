package org.robustnessgap.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.robustnessgap.campaign.plan.Campaigns.sampling;
import static org.robustnessgap.campaign.plan.Campaigns.smoothness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.plan.Campaigns;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.Records;

class GeneratorBodyTest extends GeneratorScenario {
  private static final Campaign CAMPAIGN =
      Campaigns.of("c", sampling(16L, null, 2), smoothness(2), "a", "b");

  @Test
  void isReadyOnlyOnceThePastIsRead() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    write(Topic.LATENT_SAMPLES, "c/attack/a/0", "not looked at");
    start(NOW);
    assertThat(body.ready()).isFalse();
    body.step();
    assertThat(body.ready()).isFalse();
    assertThat(sent()).isEmpty();
    settle();
    assertThat(body.ready()).isTrue();
    assertThat(sent())
        .containsExactly("c/smoothness/dcgan/0", "c/attack/b/0", "c/attack/a/4", "c/attack/b/4");
  }

  @Test
  void jobsAreReadableAndKeyedByTheirId() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    assertThat(topics.get(Topic.LATENT_SAMPLES))
        .hasSize(5)
        .allSatisfy(job -> assertThat(Records.read(job, Job.class).id()).hasToString(job.key()));
  }

  @Test
  void anAnswerMakesRoomForTheNextJob() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    sent();
    answer("a", 0);
    write(Topic.SMOOTHNESS_RESULTS, "c", smoothnessResult());
    giveUp("b", 4);
    settle();
    assertThat(sent()).containsExactly("c/attack/a/8", "c/attack/b/8");
    assertThat(metric("robustness_generator_jobs_in_flight", "campaign", "c")).isEqualTo(4);
  }

  @Test
  void aRestartedBodyContinuesWhereTheOldOneStopped() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    answer("a", 0);
    answer("b", 0);
    settle();
    sent();

    start(NOW.plusSeconds(1));
    settle();
    assertThat(sent()).isEmpty();
    assertThat(metric("robustness_generator_jobs_in_flight", "campaign", "c")).isEqualTo(5);
    answer("b", 4);
    settle();
    assertThat(sent()).containsExactly("c/attack/b/12");
    answer("b", 8);
    answer("b", 12);
    answer("a", 4);
    answer("a", 8);
    answer("a", 12);
    write(Topic.SMOOTHNESS_RESULTS, "c", smoothnessResult());
    settle();

    start(NOW.plusSeconds(1_000_000));
    settle();
    assertThat(sent()).isEmpty();
  }

  @Test
  void overdueJobsAreSentAgainAlsoAfterARestart() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    answer("a", 0);
    settle();
    sent();
    start(NOW.plusSeconds(60));
    settle();
    assertThat(sent())
        .containsExactly(
            "c/smoothness/dcgan/0", "c/attack/a/4", "c/attack/a/8", "c/attack/b/0", "c/attack/b/4");
    assertThat(metric("robustness_generator_jobs_resent", "campaign", "c")).isEqualTo(5);
  }

  @Test
  void aMalformedCampaignIsReportedOnceAndTheRestGoesOn() throws Exception {
    write(Topic.CAMPAIGNS, "bad", "{\"id\":\"bad\"}");
    write(Topic.CAMPAIGNS, "misplaced", CAMPAIGN);
    write(Topic.CAMPAIGNS, null, "rubbish");
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    assertThat(refusals())
        .extracting(JobFailure.Refused::key)
        .containsExactly("campaigns/0/0", "campaigns/0/1", "campaigns/0/2");
    assertThat(refusals().get(1).reason()).contains("misplaced");
    assertThat(sent()).hasSize(5);
    write(Topic.CAMPAIGNS, "worse", "more rubbish");
    settle();
    assertThat(refusals()).hasSize(4);

    start(NOW);
    settle();
    assertThat(refusals()).hasSize(4);
  }

  @Test
  void aRefusedChangeIsReportedAndTakenBack() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    sent();
    write(
        Topic.CAMPAIGNS,
        "c",
        Campaigns.of("c", sampling(13L, null, 2), smoothness(2), "a", "b", "d"));
    settle();
    assertThat(sent()).isEmpty();
    assertThat(refusals())
        .singleElement()
        .satisfies(refused -> assertThat(refused.reason()).contains("new id"));
    List<ConsumerRecord<String, byte[]>> campaigns = topics.get(Topic.CAMPAIGNS);
    assertThat(campaigns).hasSize(3);
    assertThat(Records.read(campaigns.get(2), Campaign.class)).isEqualTo(CAMPAIGN);

    start(NOW);
    settle();
    assertThat(refusals()).hasSize(1);
    assertThat(campaigns).hasSize(3);
  }

  @Test
  void aRefusedChangeOfAStoppedCampaignLeavesItStopped() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    write(Topic.CAMPAIGNS, "c", null);
    write(Topic.CAMPAIGNS, "c", "rubbish");
    start(NOW);
    settle();
    assertThat(sent()).isEmpty();
    assertThat(topics.get(Topic.CAMPAIGNS)).hasSize(4);
    assertThat(topics.get(Topic.CAMPAIGNS).get(3).value()).isNull();
    assertThat(refusals()).hasSize(1);
  }

  @Test
  void aTombstoneStops() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    sent();
    write(Topic.CAMPAIGNS, "c", null);
    answer("a", 0);
    settle();
    assertThat(sent()).isEmpty();
  }

  @Test
  void malformedRecordsOfOthersAreSkippedAndCounted() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    write(Topic.LATENT_SAMPLES, "no job id", "");
    write(Topic.LATENT_SAMPLES, null, "");
    start(NOW);
    settle();
    sent();
    write(Topic.ATTACK_RESULTS, "c/a", "rubbish");
    write(Topic.ATTACK_RESULTS, "c/a", null);
    write(Topic.SMOOTHNESS_RESULTS, null, "{}");
    write(Topic.JOB_FAILURES, "c/attack/a/0", "[]");
    answer("a", 0);
    settle();
    assertThat(sent()).containsExactly("c/attack/a/8");
    String skipped = "robustness_generator_malformed_records";
    assertThat(metric(skipped, "topic", "latent-samples")).isEqualTo(2);
    assertThat(metric(skipped, "topic", "attack-results")).isEqualTo(2);
    assertThat(metric(skipped, "topic", "smoothness-results")).isEqualTo(1);
    assertThat(metric(skipped, "topic", "job-failures")).isEqualTo(1);
  }

  @Test
  void jobsAndSamplesAreCounted() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    String published = "robustness_generator_jobs_published";
    assertThat(metric(published, "campaign", "c", "kind", "attack")).isEqualTo(4);
    assertThat(metric(published, "campaign", "c", "kind", "smoothness")).isEqualTo(1);
    assertThat(metric("robustness_generator_samples", "campaign", "c")).isEqualTo(16);
  }

  @Test
  void aFailedWriteEndsTheBodyAndNothingIsLost() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    producer.sendException = new IllegalStateException("broker gone");
    assertThatThrownBy(this::settle).hasMessageContaining("broker gone");
    body.close();
    assertThat(reader.closed()).isTrue();
    assertThat(producer.closed()).isTrue();

    start(NOW);
    settle();
    assertThat(sent()).hasSize(5);
  }

  private void answer(String classifier, long firstOrdinal) {
    JobId id = new JobId("c", JobKind.ATTACK, classifier, firstOrdinal);
    List<SampleResult> samples = new ArrayList<>();
    for (long ordinal = firstOrdinal; ordinal < firstOrdinal + 4; ordinal++) {
      samples.add(
          new SampleResult(
              ordinal, 1, 1.5, 20, Map.of(Space.LATENT, new Outcome.Found(0.1, 0, null, 3, 4))));
    }
    write(
        Topic.ATTACK_RESULTS,
        "c/" + classifier,
        new AttackResult(
            id, CAMPAIGN.sampling().windowOf(firstOrdinal), 10, 3, "w", "e", 1, samples));
  }

  private void giveUp(String classifier, long firstOrdinal) {
    JobId id = new JobId("c", JobKind.ATTACK, classifier, firstOrdinal);
    write(
        Topic.JOB_FAILURES,
        id.toString(),
        new JobFailure.GivenUp(
            id, CAMPAIGN.sampling().windowOf(firstOrdinal), 4, 3, "w", "no such file"));
  }

  private static SmoothnessResult smoothnessResult() {
    List<SmoothnessResult.Sample> samples =
        List.of(
            new SmoothnessResult.Sample(0, 20, List.of(0.5, 1.0)),
            new SmoothnessResult.Sample(1, 20, List.of(0.5, 1.0)));
    return new SmoothnessResult(
        new JobId("c", JobKind.SMOOTHNESS, "dcgan", 0),
        List.of(0.1, 0.2),
        "w",
        "e",
        1,
        samples,
        null);
  }
}
