package org.robustnessgap.deploy.measure;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.campaign.LocalCampaign;
import org.robustnessgap.campaign.run.AttackObserver;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.campaign.ProgressLine;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;

/**
 * What is seen of a campaign while it runs: each sample in the results file, what looks wrong and
 * how far it is on the console.
 */
final class MeasureLog implements AttackObserver, LocalCampaign.Listener, AutoCloseable {
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  /** A server that answers nothing for so long will not be back for this command. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private final Clock clock = Clock.systemUTC();
  private final boolean terminal = Boolean.getBoolean("robustness.terminal");
  private final CampaignProgress progress;
  private final ProgressLine line;
  private final Suspicions suspicions;

  /** Null unless it is asked for. */
  private final @Nullable ResultsFile file;

  private final DiagnosedSamples diagnosed;
  private final SeenLabels labels;
  private final SeenDistances distances;

  private Instant printed = clock.instant();

  /** Since when no job was answered for want of a server; null if none waits. */
  private @Nullable Instant waitingSince;

  private long settled;

  /**
   * @param progress is told what failed
   * @param suspicions of this campaign
   * @param file null for none; closed with this
   * @param diagnosed is told what diagnostics find, and how images were brought back
   * @param labels is told what classifiers answer
   * @param distances is told what was found
   */
  MeasureLog(
      CampaignProgress progress,
      Suspicions suspicions,
      @Nullable ResultsFile file,
      DiagnosedSamples diagnosed,
      SeenLabels labels,
      SeenDistances distances) {
    this.progress = progress;
    this.suspicions = suspicions;
    this.line = new ProgressLine(progress.total(), printed);
    this.file = file;
    this.diagnosed = diagnosed;
    this.labels = labels;
    this.distances = distances;
  }

  @Override
  public void found(
      Job.Attack job, Provenance provenance, AttackTarget target, AttackedBatch attacked) {
    if (!job.diagnostics().isEmpty() || job.inversion() != null) {
      diagnosed.add(job.classifier().name(), attacked.results());
    }
    suspicions.say(job.classifier().name(), attacked.suspicions());
    if (file != null) {
      for (SampleResult sample : attacked.results()) {
        file.write(job.classifier(), provenance, sample);
      }
    }
  }

  @Override
  public void answered(JobResult result) {
    diagnosed.add(result);
    labels.add(result);
    distances.add(result);
    settle(result.sampleCount());
  }

  @Override
  public void givenUp(JobFailure.GivenUp failure) {
    progress.apply(failure);
    settle(failure.samples());
  }

  /** Waits for a server, a while. */
  @Override
  public boolean putOff(JobFailure.PutOff failure) {
    Instant now = clock.instant();
    if (waitingSince == null) {
      waitingSince = now;
    }
    boolean waits = Duration.between(waitingSince, now).compareTo(LONGEST_WAIT) < 0;
    if (waits) {
      System.err.printf(
          "%sWaiting %.0f s: %s%n",
          terminal ? "\r\033[K" : "", failure.seconds(), failure.reason());
      try {
        Thread.sleep((long) (1000 * failure.seconds()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return waits;
  }

  private void settle(int samples) {
    waitingSince = null;
    settled += samples;
    Instant now = clock.instant();
    if (terminal) {
      System.err.print("\r" + line.at(now, settled) + "\033[K");
    } else if (Duration.between(printed, now).compareTo(LINE_INTERVAL) >= 0) {
      System.err.println(line.at(now, settled));
      printed = now;
    }
  }

  @Override
  public void close() {
    if (terminal) {
      System.err.println();
    }
    if (file != null) {
      file.close();
    }
  }
}
