package org.robustnessgap.serving.call;

import org.jspecify.annotations.Nullable;

/**
 * A request that was not answered as it should be. The message is half a sentence that says what
 * was seen, without credentials and without what was sent; {@link Kind#remedy} is what may be done.
 */
public final class CallFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private static final long MILLIS = 1000;

  /** What went wrong, by what should be done next. */
  public enum Kind {
    /** It does not answer now: nobody listens, it starts, it loads, it has too much to do. */
    UNAVAILABLE(3, true, "see whether it runs and is ready, and whether the address is right"),
    /** It answers, but not as much as is asked. */
    BUSY(
        3,
        true,
        "ask less of it, by a lower queries_per_second or concurrency of the endpoint, or later"),
    /** No answer came in time; what was asked may have been computed all the same. */
    TIMED_OUT(1, true, "let the endpoint's batch be smaller, or the server larger"),
    /** Nobody can tell that it is the right server. */
    UNTRUSTED(
        1,
        true,
        "renew its certificate, or let Java trust it with -Djavax.net.ssl.trustStore=FILE"),
    /** No TLS, for another reason than its certificate. */
    HANDSHAKE(
        1,
        true,
        "see whether that port speaks TLS, of version 1.2 or 1.3, and asks for no certificate of ours"),
    /** It does not answer to us. */
    DENIED(
        1,
        true,
        "name a file that holds the headers it wants as the endpoint's credentials, or renew it"),
    /** It failed on what it was asked, or on itself: it does not tell. */
    FAILED(2, false, "see its own log, and whether it takes images of such a shape"),
    /** The answer is cut, or no text of the protocol at all. */
    GARBLED(
        2,
        false,
        "see its own log, and what stands between it and here, which may cut or change answers"),
    /** A page for people, or the way to one. */
    PAGE(
        1,
        true,
        "if that is a login, name a file of the headers that let us in as the endpoint's credentials; else see whether the path is right"),
    /** It does not take what it was asked. */
    REFUSED(1, false, "state image, input and output of the endpoint as the model wants them"),
    /** It cannot do what the address asks for. */
    UNSUPPORTED(1, false, "leave the version out of the address"),
    /** It speaks another protocol. */
    FOREIGN(
        1,
        false,
        "name the port where it speaks what the address says: oip+http for HTTP, oip+grpc for gRPC, with an s for TLS"),
    /** It holds no such model, or not now. */
    UNKNOWN_MODEL(
        1, false, "see whether the address names model and version, and whether it is loaded"),
    /** Fewer images may be taken. */
    TOO_LARGE(1, false, "raise the limit of the server: it does not take a single image");

    private final int tries;
    private final boolean passing;
    private final String remedy;

    Kind(int tries, boolean passing, String remedy) {
      this.tries = tries;
      this.passing = passing;
      this.remedy = remedy;
    }

    /** How often such a request is sent in all. */
    public int tries() {
      return tries;
    }

    /** Whether it may pass with nothing changed in what is asked. */
    public boolean passing() {
      return passing;
    }

    /** Whether the model may have computed an answer, which then counts. */
    public boolean computed() {
      return this == FAILED || this == TIMED_OUT || this == GARBLED;
    }

    /** What may be done, as half a sentence. */
    public String remedy() {
      return remedy;
    }
  }

  private final Kind kind;
  private final String seen;
  private final long waitMillis;
  private final @Nullable Integer largestBatch;

  /** Without more than its kind. */
  public CallFailure(Kind kind, String seen) {
    this(kind, seen, 0, null, null);
  }

  /**
   * @param seen half a sentence
   * @param waitMillis how long the server asks to be left alone; 0 if it does not say
   * @param largestBatch how many images it takes, if it says so
   */
  public CallFailure(
      Kind kind,
      String seen,
      long waitMillis,
      @Nullable Integer largestBatch,
      @Nullable Throwable cause) {
    super(seen, cause);
    this.kind = kind;
    this.seen = seen;
    this.waitMillis = waitMillis;
    this.largestBatch = largestBatch;
  }

  public Kind kind() {
    return kind;
  }

  /** How long the server asks to be left alone, in milliseconds; 0 if it does not say. */
  public long waitMillis() {
    return waitMillis;
  }

  /** How many images it takes at once; null if it does not say. */
  public @Nullable Integer largestBatch() {
    return largestBatch;
  }

  /** What was seen, and what may be done, as a sentence. */
  public String sentence() {
    String rest =
        waitMillis == 0 ? "" : " and asks to be left alone for " + seconds(waitMillis) + " s";
    return seen + rest + "; " + kind.remedy() + ".";
  }

  private static long seconds(long millis) {
    return (millis + MILLIS - 1) / MILLIS;
  }
}
