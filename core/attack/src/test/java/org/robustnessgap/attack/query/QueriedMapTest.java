package org.robustnessgap.attack.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.ModelIdentity;

/** What is made of the answers of a classifier that can only be asked. */
class QueriedMapTest {
  /** Takes whole numbers, and answers what it is told to. */
  private static final class Told implements QueriedClassifier {
    private final Access access;
    private final float[] answer;
    final List<float[]> got = new ArrayList<>();

    Told(Access access, float... answer) {
      this.access = access;
      this.answer = answer;
    }

    @Override
    public String name() {
      return "told";
    }

    @Override
    public Access access() {
      return access;
    }

    @Override
    public int classes() {
      return answer.length;
    }

    @Override
    public List<Long> imageShape() {
      return List.of(1L, 2L);
    }

    @Override
    public Rows sent(Rows images) {
      float[] rounded = images.values().clone();
      for (int i = 0; i < rounded.length; i++) {
        rounded[i] = Math.round(rounded[i]);
      }
      return new Rows(rounded, images.width());
    }

    @Override
    public Rows ask(Rows images) {
      got.add(images.values().clone());
      return new Rows(answer, answer.length);
    }

    @Override
    public long queries() {
      return got.size();
    }

    @Override
    public ModelIdentity identity() {
      return new ModelIdentity("1", null, null);
    }

    @Override
    public void close() {}
  }

  private static final Rows IMAGE = new Rows(new float[] {0.4f, 1.6f}, 2);

  private static float[] answer(Access access, float... answer) {
    return new QueriedMap(new Told(access, answer), null).apply(IMAGE).values();
  }

  @Test
  void scoresStayAsTheyAre() {
    assertThat(answer(Access.SCORES, -3, 2, Float.NaN)).containsExactly(-3, 2, Float.NaN);
  }

  @Test
  void probabilitiesBecomeLogarithmsWhichTellCertaintiesApart() {
    float[] sure = answer(Access.PROBABILITIES, 1, 1e-20f, 0, Float.NaN);
    assertThat(sure[0]).isZero();
    assertThat(sure[1]).isCloseTo(-46.05f, org.assertj.core.api.Assertions.within(0.01f));
    assertThat(sure[2]).isEqualTo(-104);
    assertThat(sure[3]).isNaN();
  }

  @Test
  void labelsAndTheLeadersOfTopKTellTheWinnerAlone() {
    assertThat(answer(Access.LABELS, 0.1f, 0.7f, 0.2f)).containsExactly(0, 1, 0);
    assertThat(answer(Access.TOP_K, Float.NEGATIVE_INFINITY, 3, 5)).containsExactly(0, 0, 1);
    assertThat(answer(Access.LABELS, Float.NaN, Float.NaN)).containsOnly(Float.NaN);
  }

  @Test
  void whatIsSentIsWhatIsSeen() {
    Told told = new Told(Access.SCORES, 1, 2);
    QueriedMap map = new QueriedMap(told, null);
    map.apply(IMAGE);
    assertThat(told.got.get(0)).containsExactly(0, 2);
    assertThat(map.seen(IMAGE).values()).containsExactly(0, 2);
    assertThat(map.inputSize()).isEqualTo(2);
  }

  @Test
  void gradientsAreRefused() {
    QueriedMap map = new QueriedMap(new Told(Access.SCORES, 1, 2), null);
    assertThat(map.access()).isEqualTo(Access.SCORES);
    assertThatThrownBy(() -> map.vjp(IMAGE, IMAGE))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("told can only be asked");
  }
}
