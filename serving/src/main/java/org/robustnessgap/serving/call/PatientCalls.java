package org.robustnessgap.serving.call;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.query.ServerUnavailableException;

/**
 * Asks as a polite caller does: no faster than allowed, a few times where a failure may pass at
 * once, not at all while a server is to be left alone. Counts what was asked. For one thread at a
 * time.
 */
public final class PatientCalls {
  /** Before the second try, before the third, …: short, for a job waits. */
  private static final long FIRST_WAIT_MILLIS = 250;

  private static final int GROWTH = 4;

  /** Whoever is asked to wait longer gives the job back. */
  private static final long LONGEST_WAIT_MILLIS = 2_000;

  private static final long NANOS = 1_000_000;

  private final String model;
  private final Timer timer;
  private final Pacer pacer;
  private final CircuitBreaker breaker;
  private long queries;
  private @Nullable CallFailure last;

  /**
   * @param model what messages call it
   * @param queriesPerSecond how many images may be sent a second; null for no limit
   */
  public PatientCalls(String model, @Nullable Double queriesPerSecond, Timer timer) {
    this.model = model;
    this.timer = timer;
    this.pacer = new Pacer(queriesPerSecond, timer);
    this.breaker = new CircuitBreaker(timer);
  }

  /** How many images were sent to a model that may have computed its answer. */
  public long queries() {
    return queries;
  }

  /**
   * Waits until somebody else may ask without the two exceeding the rate together: one job of a
   * model follows another on other workers.
   */
  public void settle() {
    pacer.settle();
  }

  /** One request. */
  public interface Call<T> {
    T send() throws CallFailure;
  }

  /**
   * Asks a model, and again if that may help.
   *
   * @throws ServerUnavailableException if no answer comes for a reason that may pass
   * @throws CallFailure of a kind that does not pass
   */
  public Answer infer(InferenceTransport transport, InputTensor input) throws CallFailure {
    return send(() -> transport.infer(input), input.count());
  }

  /**
   * Sends a request that asks about no images, and again if that may help.
   *
   * @throws ServerUnavailableException if no answer comes for a reason that may pass
   * @throws CallFailure of a kind that does not pass
   */
  public <T> T send(Call<T> call) throws CallFailure {
    return send(call, 0);
  }

  private <T> T send(Call<T> call, int images) throws CallFailure {
    long wait = FIRST_WAIT_MILLIS;
    for (int tried = 1; ; tried++) {
      requireClosed();
      pacer.pass(images);
      try {
        T answer = call.send();
        breaker.answered();
        queries += images;
        return answer;
      } catch (CallFailure e) {
        note(e, images);
        long asked = Math.max(wait, e.waitMillis());
        if (tried >= e.kind().tries() || asked > LONGEST_WAIT_MILLIS || interrupted()) {
          if (e.kind().passing()) {
            throw unavailable(e);
          }
          throw e;
        }
        timer.sleep(asked * NANOS);
        wait *= GROWTH;
      }
    }
  }

  private void note(CallFailure failure, int images) {
    if (failure.kind().passing()) {
      breaker.failed(failure.waitMillis());
    } else {
      breaker.answered();
    }
    // Turned away, it computed nothing.
    if (failure.kind().computed()) {
      queries += images;
    }
    last = failure;
  }

  private void requireClosed() {
    long millis = breaker.closedForMillis();
    if (millis > 0 && last != null) {
      throw new ServerUnavailableException(
          sentence(last) + " It is left alone for a while.", millis, last);
    }
  }

  private static boolean interrupted() {
    return Thread.currentThread().isInterrupted();
  }

  private ServerUnavailableException unavailable(CallFailure failure) {
    return new ServerUnavailableException(sentence(failure), failure.waitMillis(), failure);
  }

  /** Why the model cannot be asked, and what may be done. */
  public String sentence(CallFailure failure) {
    return model + " cannot be asked: " + failure.sentence();
  }
}
