package org.robustnessgap.campaign.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Window;

/**
 * The page of a campaign of live traffic. Windows come from outside, each with its images. These
 * are held until every job of the window is answered, and can be had nowhere else: what an earlier
 * ledger held is lost, and said to be. Not thread-safe.
 */
final class TrafficLedger implements CampaignPage {
  /** Windows whose jobs were not all sent, before the next ones are dropped. */
  private static final int MOST_WAITING = 2;

  private static final String LOST =
      "The generator service was started anew, or the campaign stopped, and the images of this job, which are kept in memory alone, are gone.";

  /** Jobs of each classifier. */
  private final Map<String, JobSequence> sequences = new HashMap<>();

  private final Map<String, ModelReference> classifiers = new HashMap<>();

  /** By the index of their windows. */
  private final TreeMap<Long, TrafficImages> held = new TreeMap<>();

  /** How many samples windows have whose images an earlier ledger held, by index. */
  private final TreeMap<Long, Long> lost = new TreeMap<>();

  /** Those of them of which it had sent no job. */
  private final Set<Long> neverSent = new HashSet<>();

  private final QueryBudgets budgets = new QueryBudgets();

  private Campaign campaign;
  private boolean stopped;

  /** After the last window of which anything is known. */
  private long nextWindow;

  /**
   * @throws org.robustnessgap.messages.InvalidInputException if a batch does not fit a message
   */
  TrafficLedger(Campaign campaign) {
    TrafficImages.requireFits(campaign);
    follow(campaign);
  }

  /** Whether a campaign is of live traffic. */
  static boolean isOf(Campaign campaign) {
    return campaign.data() != null && campaign.data().topic() != null;
  }

  private void follow(Campaign value) {
    campaign = value;
    budgets.follow(value);
    value.classifiers().forEach(classifier -> classifiers.put(classifier.name(), classifier));
  }

  @Override
  public Optional<Campaign> inForce() {
    return stopped ? Optional.empty() : Optional.of(campaign);
  }

  @Override
  public void change(Campaign changed) {
    new SameJobs(campaign, classifiers).require(changed);
    follow(changed);
    stopped = false;
  }

  @Override
  public void stop() {
    stopped = true;
    held.clear();
  }

  @Override
  public void close() {
    held.clear();
  }

  /**
   * The images of the next window.
   *
   * @return false if they are dropped, because the workers have not yet taken those before or the
   *     campaign is at its end
   */
  boolean offer(List<FittedImage> images) {
    long first = nextWindow * campaign.sampling().windowSamples();
    long end = campaign.sampling().end().orElse(Long.MAX_VALUE);
    if (!isReading() || waiting() >= MOST_WAITING) {
      return false;
    }
    if (!images.isEmpty()) {
      List<FittedImage> kept = images.subList(0, (int) Math.min(images.size(), end - first));
      held.put(nextWindow++, new TrafficImages(campaign, first, kept));
    }
    return true;
  }

  /** Whether it wants more windows: not once it is at its end, or stopped. */
  boolean isReading() {
    long first = nextWindow * campaign.sampling().windowSamples();
    return !stopped && first < campaign.sampling().end().orElse(Long.MAX_VALUE);
  }

  /** The windows whose images are held. */
  List<Window> held() {
    return held.entrySet().stream()
        .map(window -> new Window(window.getKey(), window.getValue().size()))
        .toList();
  }

  /**
   * Windows whose images an earlier ledger held, whether or not their jobs are still to be seen. To
   * be told after everything that happened before.
   */
  void heldBefore(List<Window> windows) {
    for (Window window : windows) {
      if (held.containsKey(window.index())) {
        continue;
      }
      List<Long> ordinals = TrafficImages.ordinals(campaign, window.index(), window.samples());
      if (sequences.values().stream()
          .noneMatch(sequence -> ordinals.stream().anyMatch(sequence::isKnown))) {
        neverSent.add(window.index());
      }
      lost.put(window.index(), window.samples());
      nextWindow = Math.max(nextWindow, window.index() + 1);
    }
  }

  private long waiting() {
    return held.values().stream().filter(window -> unsent(window).findAny().isPresent()).count();
  }

  @Override
  public void sent(JobId id, Instant at) {
    if (isOurs(id)) {
      sequence(id.subject()).sent(id.firstOrdinal(), at);
    }
  }

  @Override
  public boolean isOfImages() {
    return true;
  }

  @Override
  public void carried(Job job) {
    Window window = job.window();
    if (window != null && isOurs(job.id())) {
      lost.put(window.index(), window.samples());
      nextWindow = Math.max(nextWindow, window.index() + 1);
    }
  }

  @Override
  public void answered(JobId id) {
    if (!isOurs(id)) {
      return;
    }
    sequence(id.subject()).answered(id.firstOrdinal());
    long window = id.firstOrdinal() / campaign.sampling().windowSamples();
    nextWindow = Math.max(nextWindow, window + 1);
    held.computeIfPresent(window, (index, images) -> isDone(images) ? null : images);
  }

  @Override
  public void spent(JobId id, long queries, Instant at) {
    budgets.spent(id, queries, at);
  }

  @Override
  public Map<String, Queries> queries() {
    return budgets.queries();
  }

  @Override
  public void givenUp(JobId id, Instant at) {
    answered(id);
    budgets.lost(id, at);
  }

  @Override
  public void putOff(JobId id, Instant at, Instant until) {
    if (isOurs(id)) {
      sequence(id.subject()).putOff(id.firstOrdinal(), at, until);
    }
  }

  private boolean isDone(TrafficImages window) {
    return campaign.classifiers().stream()
        .allMatch(
            classifier ->
                window.ordinals().stream().allMatch(sequence(classifier.name())::isAnswered));
  }

  /** Whether of a kind and a batch that this campaign has, whatever its classifiers are by now. */
  private boolean isOurs(JobId id) {
    return id.kind().equals(JobKind.ATTACK)
        && id.firstOrdinal() % campaign.sampling().batchSize() == 0;
  }

  @Override
  public int inFlight() {
    return sequences.values().stream().mapToInt(JobSequence::inFlight).sum();
  }

  @Override
  public Optional<Ledger.Due> due(Instant now) {
    if (stopped) {
      return Optional.empty();
    }
    for (TrafficImages window : held.values()) {
      Optional<JobId> overdue = overdue(window, now);
      Optional<JobId> id =
          overdue.isPresent()
              ? overdue
              : unsent(window).filter(job -> mayBeSent(job, now)).findFirst();
      if (id.isPresent()) {
        return id.map(job -> new Ledger.Due(window.cut(job), overdue.isPresent()));
      }
    }
    return Optional.empty();
  }

  private boolean mayBeSent(JobId id, Instant now) {
    int underWay = sequence(id.subject()).inFlight();
    return underWay < campaign.sampling().maxJobsInFlight() && budgets.allows(id, underWay, now);
  }

  private Optional<JobId> overdue(TrafficImages window, Instant now) {
    double timeout = campaign.sampling().jobTimeoutSeconds();
    return jobs(window.ordinals()).stream()
        .filter(id -> sequence(id.subject()).isOverdue(id.firstOrdinal(), now, timeout))
        .filter(id -> budgets.allows(id, sequence(id.subject()).inFlight() - 1, now))
        .findFirst();
  }

  private Stream<JobId> unsent(TrafficImages window) {
    return jobs(window.ordinals()).stream()
        .filter(id -> !sequence(id.subject()).isKnown(id.firstOrdinal()));
  }

  /** Batch by batch, so that all classifiers see the same samples early. */
  private List<JobId> jobs(List<Long> ordinals) {
    List<JobId> jobs = new ArrayList<>();
    for (long ordinal : ordinals) {
      for (ModelReference classifier : campaign.classifiers()) {
        jobs.add(new JobId(campaign.id(), JobKind.ATTACK, classifier.name(), ordinal));
      }
    }
    return jobs;
  }

  /**
   * Jobs of windows whose images an earlier ledger held, that it never sent or nobody answered in
   * time. They count as answered from here on. To be asked once everything is told that happened
   * before.
   */
  List<JobFailure.GivenUp> takeLost(Instant now, String service) {
    List<JobFailure.GivenUp> givenUp = new ArrayList<>();
    double timeout = campaign.sampling().jobTimeoutSeconds();
    lost.entrySet()
        .removeIf(
            window -> {
              List<Long> ordinals =
                  TrafficImages.ordinals(campaign, window.getKey(), window.getValue());
              boolean open = false;
              for (JobId id : jobs(ordinals)) {
                JobSequence sequence = sequence(id.subject());
                // A classifier of which nothing was sent may be new.
                if (!neverSent.contains(window.getKey())
                    && ordinals.stream().noneMatch(sequence::isKnown)) {
                  continue;
                }
                long ordinal = id.firstOrdinal();
                if (!sequence.isKnown(ordinal) || sequence.isOverdue(ordinal, now, timeout)) {
                  givenUp.add(failure(id, window.getKey(), window.getValue(), service));
                  sequence.answered(ordinal);
                }
                open |= !sequence.isAnswered(ordinal);
              }
              return !open;
            });
    return givenUp;
  }

  private JobFailure.GivenUp failure(JobId id, long index, long size, String service) {
    long last = index * campaign.sampling().windowSamples() + size;
    int samples = (int) Math.min(campaign.sampling().batchSize(), last - id.firstOrdinal());
    return new JobFailure.GivenUp(id, new Window(index, size), samples, 1, service, LOST);
  }

  private JobSequence sequence(String classifier) {
    return sequences.computeIfAbsent(
        classifier, name -> new JobSequence(campaign.sampling().batchSize()));
  }
}
