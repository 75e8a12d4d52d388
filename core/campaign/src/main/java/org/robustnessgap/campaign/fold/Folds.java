package org.robustnessgap.campaign.fold;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Topic;

/** The kinds of jobs whose results become figures. */
public final class Folds {
  public static final List<KindFold> ALL = List.of(new AttackFold(), new TransferFold());

  private Folds() {}

  /** The topics whose messages are events of the fold. */
  public static Set<Topic> reads() {
    return Stream.concat(
            ALL.stream()
                .map(KindFold::kind)
                .flatMap(kind -> Stream.concat(Stream.of(kind.answers()), kind.limits().stream())),
            Stream.of(Topic.LATENT_SAMPLES, Topic.JOB_FAILURES))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The topics of the figures. */
  public static Set<Topic> writes() {
    return ALL.stream()
        .flatMap(fold -> fold.kind().gaps().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  static Optional<KindFold> of(JobKind kind) {
    return ALL.stream().filter(fold -> fold.kind() == kind).findFirst();
  }
}
