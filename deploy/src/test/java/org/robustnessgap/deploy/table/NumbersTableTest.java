package org.robustnessgap.deploy.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Subject;

class NumbersTableTest {
  /**
   * @param share null while unknown
   */
  private record Share(Subject subject, long generated, long measured, long failed, Double share)
      implements Gap {
    @Override
    public String key() {
      return subject.key();
    }

    @Override
    public boolean restsOn(long smoothnessSamples) {
      return true;
    }

    @Override
    public boolean measuredAnything() {
      return measured > 0;
    }
  }

  private static Gap share(JobKind kind, String name, long measured, Double share) {
    return new Share(new Subject(kind, "c", name), 8, measured, 0, share);
  }

  @Test
  void everyNumberOfAGapIsARowAndEverySubjectAColumn() {
    String table =
        new NumbersTable(
                List.of(
                    share(JobKind.ATTACK, "lenet", 8, 1 / 3.0),
                    share(JobKind.ATTACK, "vgg", 6, null),
                    share(JobKind.SMOOTHNESS, "gan", 4, 1e-6)))
            .render();
    assertThat(table)
        .isEqualTo(
            """

            attack       lenet   vgg
              failed     0       0
              generated  8       8
              measured   8       6
              share      0.3333  –

            smoothness   gan
              failed     0
              generated  8
              measured   4
              share      0.000001
            """);
  }

  @Test
  void withoutGapsThereIsNothing() {
    assertThat(new NumbersTable(List.of()).render()).isEmpty();
  }
}
