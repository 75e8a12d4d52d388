package org.robustnessgap.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ServiceLoopTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Queue<String> events = new ConcurrentLinkedQueue<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private ServiceLoop loop;

  private interface Step {
    void run() throws Exception;
  }

  /** Writes down what becomes of it, and whether its end is disturbed by an interrupt. */
  private final class Body implements ServiceBody {
    private final String name;
    private final Step step;
    private final CountDownLatch stepping = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);

    Body(String name, Step step) {
      this.name = name;
      this.step = step;
    }

    @Override
    public void step() throws Exception {
      stepping.countDown();
      step.run();
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void close() {
      closing.countDown();
      events.add(name + (Thread.currentThread().isInterrupted() ? " cut short" : " closed"));
    }
  }

  @AfterEach
  void stop() {
    released.countDown();
    loop.close();
  }

  @Test
  void aBodyThatFailsIsClosedAndReplaced() throws Exception {
    Body failing =
        new Body(
            "first",
            () -> {
              throw new IllegalStateException("on purpose");
            });
    Body working = new Body("second", ServiceLoopTest::sleep);
    start(Duration.ZERO, LONG, failing, working);
    working.stepping.await();
    assertThat(events).containsExactly("first closed");
    assertThat(loop.ready()).isTrue();
    loop.close();
    assertThat(events).containsExactly("first closed", "second closed");
    assertThat(loop.live()).isFalse();
    assertThat(loop.ready()).isFalse();
  }

  @Test
  void aBodyThatCannotBeMadeIsTriedAgain() throws Exception {
    Body working = new Body("third", ServiceLoopTest::sleep);
    Queue<Body> bodies = new ArrayDeque<>(List.of(working));
    int[] attempts = {0};
    loop =
        new ServiceLoop(
            "test",
            () -> {
              if (attempts[0]++ < 2) {
                throw new IllegalStateException("no broker yet");
              }
              return bodies.remove();
            },
            failures -> Duration.ZERO,
            LONG);
    loop.start();
    working.stepping.await();
    assertThat(attempts[0]).isEqualTo(3);
  }

  @Test
  void closingInterruptsTheRoundButNotTheClosingOfTheBody() throws Exception {
    Body sleeper = new Body("sleeper", ServiceLoopTest::sleep);
    start(LONG, LONG, sleeper);
    sleeper.stepping.await();
    loop.close();
    assertThat(events).containsExactly("sleeper closed");
  }

  @Test
  void kafkasInterruptExceptionDoesNotDisturbTheClosingOfTheBody() throws Exception {
    Body poller =
        new Body(
            "poller",
            () -> {
              try {
                sleep();
              } catch (InterruptedException e) {
                // This sets the thread's interrupt flag again, as poll and send do.
                throw new InterruptException(e);
              }
            });
    start(LONG, LONG, poller);
    poller.stepping.await();
    loop.close();
    assertThat(events).containsExactly("poller closed");
    assertThat(loop.live()).isFalse();
  }

  @Test
  void aBodyThatClosesAfterAFailureIsNotInterrupted() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    loop =
        new ServiceLoop(
            "test",
            () ->
                new ServiceBody() {
                  @Override
                  public void step() {
                    throw new IllegalStateException("on purpose");
                  }

                  @Override
                  public boolean ready() {
                    return false;
                  }

                  @Override
                  public void close() {
                    closing.countDown();
                    try {
                      released.await();
                      events.add("closed");
                    } catch (InterruptedException e) {
                      events.add("cut short");
                    }
                  }
                },
            failures -> LONG,
            Duration.ofMillis(20));
    loop.start();
    closing.await();
    loop.close();
    assertThat(loop.live()).isTrue();
    released.countDown();
    join();
    assertThat(events).containsExactly("closed");
  }

  @Test
  void closingEndsThePauseAfterAFailure() throws Exception {
    Body failing =
        new Body(
            "failing",
            () -> {
              throw new IllegalStateException("on purpose");
            });
    start(LONG, LONG, failing);
    failing.closing.await();
    loop.close();
    assertThat(loop.live()).isFalse();
  }

  @Test
  void closingGivesUpOnABodyThatDoesNotEnd() throws Exception {
    Body deaf =
        new Body(
            "deaf",
            () -> {
              boolean waiting = true;
              while (waiting) {
                try {
                  released.await();
                  waiting = false;
                } catch (InterruptedException e) {
                  events.add("ignored an interrupt");
                }
              }
            });
    start(LONG, Duration.ofMillis(20), deaf);
    deaf.stepping.await();
    loop.close();
    assertThat(loop.live()).isTrue();
    assertThat(loop.ready()).isFalse();
    released.countDown();
    join();
    assertThat(events).containsExactly("ignored an interrupt", "deaf closed");
  }

  @Test
  void aLoopClosedBeforeItsStartDoesNothing() throws Exception {
    loop =
        new ServiceLoop(
            "test", () -> new Body("never", ServiceLoopTest::sleep), failures -> LONG, LONG);
    loop.close();
    loop.start();
    join();
    assertThat(events).isEmpty();
  }

  /** A body that was ready makes the next failure the first again. */
  @Test
  void pausesAreAskedForByFailuresInARow() throws Exception {
    Queue<Integer> asked = new ConcurrentLinkedQueue<>();
    CountDownLatch enough = new CountDownLatch(5);
    Queue<Boolean> ready = new ArrayDeque<>(List.of(false, false, true, false, false));
    loop =
        new ServiceLoop(
            "test",
            () -> failing(ready.remove()),
            failures -> {
              asked.add(failures);
              enough.countDown();
              return enough.getCount() == 0 ? LONG : Duration.ZERO;
            },
            LONG);
    loop.start();
    enough.await();
    assertThat(asked).containsExactly(1, 2, 1, 2, 3);
  }

  private static ServiceBody failing(boolean ready) {
    return new ServiceBody() {
      @Override
      public void step() {
        throw new IllegalStateException("on purpose");
      }

      @Override
      public boolean ready() {
        return ready;
      }

      @Override
      public void close() {}
    };
  }

  private void start(Duration pause, Duration patience, Body... bodies) {
    Queue<Body> queue = new ArrayDeque<>(List.of(bodies));
    loop = new ServiceLoop("test", queue::remove, failures -> pause, patience);
    loop.start();
  }

  private void join() {
    while (loop.live()) {
      Thread.onSpinWait();
    }
  }

  private static void sleep() throws InterruptedException {
    TimeUnit.DAYS.sleep(1);
  }
}
