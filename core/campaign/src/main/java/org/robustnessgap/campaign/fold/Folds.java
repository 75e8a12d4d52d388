package org.robustnessgap.campaign.fold;

import java.util.List;
import java.util.Optional;
import org.robustnessgap.messages.JobKind;

/** The kinds of jobs whose results become figures. */
public final class Folds {
  public static final List<KindFold> ALL = List.of(new AttackFold(), new TransferFold());

  private Folds() {}

  static Optional<KindFold> of(JobKind kind) {
    return ALL.stream().filter(fold -> fold.kind() == kind).findFirst();
  }
}
