package org.robustnessgap.generator.traffic;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.service.Backoff;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaFailures;
import org.robustnessgap.traffic.TrafficReader;
import org.robustnessgap.traffic.TrafficSampler;

/**
 * A reader of its own thread for each campaign of live traffic, so that a cluster that does not
 * answer keeps nobody waiting. Used by one thread.
 */
final class TrafficWatches implements AutoCloseable {
  private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  /** What a reader says. */
  record Told(String campaign, TrafficEvent event) {}

  private record Watch(Object reads, ServiceLoop loop) {}

  private final TrafficConsumers consumers;
  private final Clock clock;
  private final Map<String, Watch> watches = new TreeMap<>();
  private final Queue<Told> told = new ConcurrentLinkedQueue<>();

  TrafficWatches(TrafficConsumers consumers, Clock clock) {
    this.consumers = consumers;
    this.clock = clock;
  }

  /**
   * From here on these are read, and no others.
   *
   * @param campaigns of topics, by id
   */
  void follow(Map<String, Campaign> campaigns) {
    watches
        .entrySet()
        .removeIf(
            watch -> {
              Campaign campaign = campaigns.get(watch.getKey());
              if (campaign != null && watch.getValue().reads().equals(reads(campaign))) {
                return false;
              }
              watch.getValue().loop().close();
              return true;
            });
    campaigns.forEach((id, campaign) -> watches.computeIfAbsent(id, any -> start(campaign)));
  }

  /** What a reader depends on. */
  private static Object reads(Campaign campaign) {
    SamplingPlan sampling = campaign.sampling();
    return List.of(
        Objects.requireNonNull(campaign.data()),
        sampling.windowSamples(),
        sampling.seed(),
        form(campaign));
  }

  private static ImageForm form(Campaign campaign) {
    ImageData data = Objects.requireNonNull(campaign.data());
    return ImageForm.of(
        data.shape().stream().map(Integer::longValue).toList(),
        campaign.classifiers().get(0).pixels());
  }

  private Watch start(Campaign campaign) {
    ServiceLoop loop = new ServiceLoop("traffic-" + campaign.id(), () -> body(campaign), PAUSES);
    loop.start();
    return new Watch(reads(campaign), loop);
  }

  private TrafficBody body(Campaign campaign) {
    TrafficTopic topic = Objects.requireNonNull(Objects.requireNonNull(campaign.data()).topic());
    SamplingPlan sampling = campaign.sampling();
    TrafficSampler sampler =
        new TrafficSampler(
            new TrafficReader(topic, form(campaign)),
            Math.toIntExact(sampling.windowSamples()),
            topic.length(),
            sampling.seed(),
            clock.instant());
    try {
      return new TrafficBody(
          consumers.open(campaign.id(), topic),
          topic,
          sampler,
          clock,
          event -> tell(campaign, event));
    } catch (RuntimeException e) {
      tell(campaign, new TrafficEvent.Failed(KafkaFailures.explain(e)));
      throw e;
    }
  }

  private void tell(Campaign campaign, TrafficEvent event) {
    told.add(new Told(campaign.id(), event));
  }

  /** The next thing that a reader said; empty if there is nothing new. */
  Optional<Told> poll() {
    return Optional.ofNullable(told.poll());
  }

  @Override
  public void close() {
    watches.values().forEach(watch -> watch.loop().close());
    watches.clear();
  }
}
