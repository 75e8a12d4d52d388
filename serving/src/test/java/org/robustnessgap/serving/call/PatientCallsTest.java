package org.robustnessgap.serving.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.fake.FakeTimer;

final class PatientCallsTest {
  private static final Answer ANSWER = new Answer(null, List.of());

  private final FakeTimer timer = new FakeTimer();
  private final Deque<CallFailure> failures = new ArrayDeque<>();
  private int asked;

  private final InferenceTransport transport =
      new InferenceTransport() {
        @Override
        public String name() {
          return "none";
        }

        @Override
        public long largestRequest() {
          return 1;
        }

        @Override
        public Answer infer(InputTensor input) throws CallFailure {
          asked++;
          CallFailure failure = failures.poll();
          if (failure != null) {
            throw failure;
          }
          return ANSWER;
        }
      };

  private static InputTensor images(int n) {
    return new InputTensor("x", InputType.FP32, List.of((long) n, 1L), Rows.zeros(n, 1));
  }

  private PatientCalls calls(Double queriesPerSecond) {
    return new PatientCalls("digits", queriesPerSecond, timer);
  }

  private void fail(Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      failures.add(new CallFailure(kind, "host:1 answered so"));
    }
  }

  @Test
  void whatPassesIsTriedAgainAfterGrowingWaits() throws Exception {
    fail(Kind.UNAVAILABLE, 2);
    assertThat(calls(null).infer(transport, images(1))).isSameAs(ANSWER);
    assertThat(timer.sleepsMillis()).containsExactly(250L, 1000L);
  }

  @Test
  void afterAFewTriesTheJobMustWait() {
    fail(Kind.UNAVAILABLE, 3);
    assertThatExceptionOfType(ServerUnavailableException.class)
        .isThrownBy(() -> calls(null).infer(transport, images(1)))
        .withMessageStartingWith("digits cannot be asked: host:1 answered so; see whether");
    assertThat(asked).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"REFUSED", "UNKNOWN_MODEL", "UNSUPPORTED", "TOO_LARGE"})
  void whatDoesNotPassIsNotTriedAgain(Kind kind) {
    fail(kind, 1);
    assertThatExceptionOfType(CallFailure.class)
        .isThrownBy(() -> calls(null).infer(transport, images(1)))
        .satisfies(failure -> assertThat(failure.kind()).isEqualTo(kind));
    assertThat(asked).isEqualTo(1);
    assertThat(timer.sleepsMillis()).isEmpty();
  }

  @Test
  void anInternalErrorIsTriedOnceMoreAndNoMore() {
    fail(Kind.FAILED, 5);
    assertThatExceptionOfType(CallFailure.class)
        .isThrownBy(() -> calls(null).infer(transport, images(1)));
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void aServerThatAsksForMoreTimeGetsItFromEverybody() throws Exception {
    failures.add(new CallFailure(Kind.UNAVAILABLE, "host:1 answered 429", 60_000, null, null));
    PatientCalls calls = calls(null);
    ServerUnavailableException first =
        catchThrowableOfType(
            ServerUnavailableException.class, () -> calls.infer(transport, images(1)));
    assertThat(first.waitMillis()).isEqualTo(60_000);
    timer.pass(20_000);
    ServerUnavailableException second =
        catchThrowableOfType(
            ServerUnavailableException.class, () -> calls.infer(transport, images(1)));
    assertThat(second.waitMillis()).isEqualTo(40_000);
    assertThat(asked).isEqualTo(1);
    timer.pass(40_000);
    assertThat(calls.infer(transport, images(1))).isSameAs(ANSWER);
  }

  @Test
  void aServerThatFailsAgainAndAgainIsLeftAloneAndThenAskedOnce() throws Exception {
    fail(Kind.UNAVAILABLE, 7);
    PatientCalls calls = calls(null);
    for (int i = 0; i < 3; i++) {
      assertThatExceptionOfType(ServerUnavailableException.class)
          .isThrownBy(() -> calls.infer(transport, images(1)));
    }
    assertThat(asked).as("the third was not sent").isEqualTo(6);
    timer.pass(30_000);
    assertThatExceptionOfType(ServerUnavailableException.class)
        .isThrownBy(() -> calls.infer(transport, images(1)));
    assertThat(asked).as("one to see whether it is back").isEqualTo(7);
    timer.pass(30_000);
    assertThat(calls.infer(transport, images(1))).isSameAs(ANSWER);
    assertThat(calls.infer(transport, images(1))).isSameAs(ANSWER);
  }

  @Test
  void noMoreIsSentThanAllowed() throws Exception {
    PatientCalls calls = calls(8.0);
    long begun = timer.nanos();
    for (int i = 0; i < 100; i++) {
      calls.infer(transport, images(4));
      timer.pass(100);
    }
    double seconds = (timer.nanos() - begun) / 1e9;
    assertThat(100 * 4 / seconds).isBetween(7.9, 8.1);
  }

  @Test
  void anUnusedAllowanceIsNotSavedUp() throws Exception {
    PatientCalls calls = calls(1.0);
    timer.pass(60_000);
    calls.infer(transport, images(1));
    calls.infer(transport, images(1));
    assertThat(timer.sleepsMillis()).containsExactly(1000L);
  }

  @Test
  void onlyWhatMayHaveBeenComputedIsCounted() throws Exception {
    PatientCalls calls = calls(null);
    fail(Kind.UNAVAILABLE, 2);
    calls.infer(transport, images(5));
    assertThat(calls.queries()).isEqualTo(5);
    fail(Kind.TIMED_OUT, 1);
    assertThatExceptionOfType(ServerUnavailableException.class)
        .isThrownBy(() -> calls.infer(transport, images(3)));
    assertThat(calls.queries()).isEqualTo(8);
  }
}
