package org.robustnessgap.campaign.plan;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Window;

/**
 * Which jobs were sent and answered, and hence which is due. It is a function of what it was told:
 * told the same campaigns, and then the jobs sent and answered in any order, any number of times,
 * it knows the same. That is how a restarted service recovers it from the topics.
 *
 * <p>A job is due if a sequence of jobs (one for each kind of job and each subject of it, such as a
 * classifier, a pair of them, or the generator) has fewer than {@code maxJobsInFlight} without an
 * answer and the campaign's rate allows to draw its ordinals; or again, once its deadline has
 * passed. The deadline is the job timeout after the first sending and doubles with each further
 * one, up to 64 timeouts, so that a slow fleet is not flooded. A job that a worker puts off is due
 * when the worker says.
 *
 * <p>Of a served classifier no more jobs are due than its {@link
 * org.robustnessgap.messages.Endpoint} allows to ask at a time, in an hour and in all.
 *
 * <p>A campaign of images reads them when its first job is due, some at a time, so that others need
 * not wait. If they cannot be used, are too few, or are no longer those that earlier jobs held,
 * nothing more of it is due until it is applied again; what was sent stays sent.
 *
 * <p>A campaign of live traffic is offered its images window by window, and holds them until their
 * jobs are answered.
 *
 * <p>Memory is bounded by the jobs in flight, not by the jobs done, but for eight bytes an image.
 * Not thread-safe.
 */
public final class Ledger implements AutoCloseable {
  /**
   * A job to send now.
   *
   * @param job complete with its latent vectors
   * @param again whether it was sent before
   */
  public record Due(Job job, boolean again) {}

  private final TreeMap<String, CampaignPage> campaigns = new TreeMap<>();
  private final Path imageFolder;
  private final ImageReports reports;
  private String lastServed = "";

  /**
   * @param imageFolder where relative locations of images begin, and outside which none is read
   * @param reports told what becomes of reading them, whenever a job is asked for
   */
  public Ledger(Path imageFolder, ImageReports reports) {
    this.imageFolder = imageFolder;
    this.reports = reports;
  }

  /**
   * Starts a campaign, or changes one: its list of classifiers, number of samples (at the end of a
   * window), rate, jobs in flight, timeout, quantiles, and a plan of a kind of job where it had
   * none. What was sent stays sent; what a change drops is not sent again.
   *
   * @throws InvalidInputException if its jobs do not fit a message, or the change would give an old
   *     job id new content; the campaign then stays as it was
   */
  public void apply(Campaign campaign) {
    CampaignPage known = campaigns.get(campaign.id());
    if (known == null) {
      campaigns.put(campaign.id(), page(campaign));
    } else {
      known.change(campaign);
    }
  }

  private CampaignPage page(Campaign campaign) {
    return TrafficLedger.isOf(campaign)
        ? new TrafficLedger(campaign)
        : new CampaignLedger(campaign, imageFolder, reports);
  }

  /** Ends a campaign: nothing more is sent. Applying it again resumes it. */
  public void stop(String campaignId) {
    CampaignPage known = campaigns.get(campaignId);
    if (known != null) {
      known.stop();
    }
  }

  /** Whether the campaign was ever applied. */
  public boolean knows(String campaignId) {
    return campaigns.containsKey(campaignId);
  }

  /** The campaign as it is being followed; empty if it is unknown or stopped. */
  public Optional<Campaign> inForce(String campaignId) {
    return Optional.ofNullable(campaigns.get(campaignId)).flatMap(CampaignPage::inForce);
  }

  /** A job was sent, once more or for the first time. Jobs of unknown campaigns are ignored. */
  public void sent(JobId id, Instant at) {
    CampaignPage known = campaigns.get(id.campaign());
    if (known != null) {
      known.sent(id, at);
    }
  }

  /** Whether what jobs of this campaign hold is to be told with {@link #carried}. */
  public boolean isOfImages(String campaignId) {
    CampaignPage known = campaigns.get(campaignId);
    return known != null && known.isOfImages();
  }

  /**
   * What a job of images held that was sent by an earlier ledger: images that are others by now are
   * refused, so that no figure mixes the two.
   */
  public void carried(Job job) {
    CampaignPage known = campaigns.get(job.id().campaign());
    if (known != null) {
      known.carried(job);
    }
  }

  /** A job has its result, or was given up for good. Jobs of unknown campaigns are ignored. */
  public void answered(JobId id) {
    CampaignPage known = campaigns.get(id.campaign());
    if (known != null) {
      known.answered(id);
    }
  }

  /**
   * A job was given up for good; of a served classifier, nobody knows what it took. Jobs of unknown
   * campaigns are ignored.
   */
  public void givenUp(JobId id, Instant at) {
    CampaignPage known = campaigns.get(id.campaign());
    if (known != null) {
      known.givenUp(id, at);
    }
  }

  /**
   * Images that a served classifier was asked about for a job; unlike the rest, to be told once
   * only. Jobs of unknown campaigns are ignored.
   */
  public void spent(JobId id, long queries, Instant at) {
    CampaignPage known = campaigns.get(id.campaign());
    if (known != null && queries > 0) {
      known.spent(id, queries, at);
    }
  }

  /**
   * A job cannot be done before a time, and is to be sent again then. Jobs of unknown campaigns are
   * ignored.
   */
  public void putOff(JobId id, Instant at, Instant until) {
    CampaignPage known = campaigns.get(id.campaign());
    if (known != null) {
      known.putOff(id, at, until);
    }
  }

  /** A job to send now, campaigns taking turns. It stays due until {@link #sent} is told of it. */
  public Optional<Due> due(Instant now) {
    List<Map.Entry<String, CampaignPage>> turns =
        new ArrayList<>(campaigns.tailMap(lastServed, false).entrySet());
    turns.addAll(campaigns.headMap(lastServed, true).entrySet());
    for (Map.Entry<String, CampaignPage> turn : turns) {
      Optional<Due> due = turn.getValue().due(now);
      if (due.isPresent()) {
        lastServed = turn.getKey();
        return due;
      }
    }
    return Optional.empty();
  }

  /** The campaigns of live traffic that are followed and not at their end, by id. */
  public Map<String, Campaign> traffic() {
    Map<String, Campaign> followed = new TreeMap<>();
    campaigns.forEach(
        (id, page) -> {
          if (page instanceof TrafficLedger traffic && traffic.isReading()) {
            traffic.inForce().ifPresent(campaign -> followed.put(id, campaign));
          }
        });
    return followed;
  }

  /** The windows of live traffic whose images are held for a campaign; none if it is unknown. */
  public List<Window> held(String campaignId) {
    return campaigns.get(campaignId) instanceof TrafficLedger page ? page.held() : List.of();
  }

  /**
   * Windows of live traffic whose images an earlier ledger held: {@link #takeLost} tells what is
   * lost of them, also where no job was sent or none is to be seen any more. To be called once this
   * ledger was told everything that happened before.
   */
  public void heldBefore(String campaignId, List<Window> windows) {
    if (campaigns.get(campaignId) instanceof TrafficLedger page) {
      page.heldBefore(windows);
    }
  }

  /**
   * What was drawn in the next window of live traffic, whose jobs become due.
   *
   * @param images at most as many as a window of the campaign has samples; none for a window
   *     without any
   * @return false if they are dropped: the workers have not yet taken those before, or the campaign
   *     is at its end, stopped or unknown
   */
  public boolean offer(String campaignId, List<FittedImage> images) {
    return campaigns.get(campaignId) instanceof TrafficLedger page && page.offer(images);
  }

  /**
   * Jobs of live traffic whose images were held by an earlier ledger alone, that were not sent or
   * not answered in time; each is told once, and counts as answered from then on. To be asked once
   * this ledger was told everything that happened before.
   *
   * @param service who gives them up
   */
  public List<JobFailure.GivenUp> takeLost(Instant now, String service) {
    List<JobFailure.GivenUp> lost = new ArrayList<>();
    campaigns
        .values()
        .forEach(
            page -> {
              if (page instanceof TrafficLedger traffic) {
                lost.addAll(traffic.takeLost(now, service));
              }
            });
    return lost;
  }

  /** Jobs sent and not answered, by campaign id. */
  public Map<String, Integer> inFlight() {
    Map<String, Integer> counts = new TreeMap<>();
    campaigns.forEach((id, campaign) -> counts.put(id, campaign.inFlight()));
    return counts;
  }

  /** Images that served classifiers were asked about, by campaign and classifier. */
  public Map<StreamId, Queries> queries() {
    Map<StreamId, Queries> all = new TreeMap<>();
    campaigns.forEach(
        (id, campaign) ->
            campaign
                .queries()
                .forEach((classifier, queries) -> all.put(new StreamId(id, classifier), queries)));
    return all;
  }

  /** Closes all images. */
  @Override
  public void close() {
    campaigns.values().forEach(CampaignPage::close);
  }
}
