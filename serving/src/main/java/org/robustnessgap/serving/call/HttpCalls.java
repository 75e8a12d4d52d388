package org.robustnessgap.serving.call;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.serving.call.CallFailure.Kind;

/** Requests over HTTP, with the headers that all of them carry, and what their failures mean. */
public final class HttpCalls {
  /** By which the owners of a model may tell our requests from their users'. */
  public static final String PROBE_HEADER = "X-Robustness-Probe";

  /** Who asks. */
  public static final String USER_AGENT = "robustness-gap";

  /** Of files of weights. */
  private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(10);

  private final HttpClient client;
  private final Credentials credentials;
  private final Deadlines deadlines;

  public HttpCalls(Credentials credentials, Deadlines deadlines) {
    this.credentials = credentials;
    this.deadlines = deadlines;
    // Servers of models ignore the upgrade to HTTP/2 that the client would offer.
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(deadlines.connect())
            .build();
  }

  /**
   * @throws CallFailure if no answer comes, or one that tells of a failure
   */
  public HttpResponse<byte[]> get(URI address) throws CallFailure {
    return send(HttpRequest.newBuilder(address).GET());
  }

  /**
   * Sends a request, whose address is set.
   *
   * @throws CallFailure if no answer comes, or one that tells of a failure
   * @throws ServerUnavailableException if the thread is interrupted, which remains seen
   */
  public HttpResponse<byte[]> send(HttpRequest.Builder builder) throws CallFailure {
    return send(builder, BodyHandlers.ofByteArray(), deadlines.request());
  }

  /**
   * Writes what an address gives into a file; that may take long.
   *
   * @throws CallFailure if it is not given, or not in time; the file may then hold a part of it
   * @throws ServerUnavailableException if the thread is interrupted, which remains seen
   */
  public void download(URI address, Path file) throws CallFailure {
    send(
        HttpRequest.newBuilder(address).GET(),
        answer ->
            answer.statusCode() / 100 == 2
                ? BodySubscribers.mapping(BodySubscribers.ofFile(file), written -> new byte[0])
                : BodySubscribers.ofByteArray(),
        LONGEST_DOWNLOAD);
  }

  private HttpResponse<byte[]> send(
      HttpRequest.Builder builder, BodyHandler<byte[]> handler, Duration deadline)
      throws CallFailure {
    credentials.headers().forEach(builder::setHeader);
    HttpRequest request =
        builder.setHeader("User-Agent", USER_AGENT).setHeader(PROBE_HEADER, "1").build();
    String place = request.uri().getAuthority();
    // The client's own timeout ends with the headers, and a body may drip.
    CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, handler);
    try {
      HttpResponse<byte[]> response = answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
      if (response.statusCode() / 100 != 2) {
        throw HttpFailures.of(place, response, credentials.secrets(), Clock.systemUTC());
      }
      if (ServerMessage.isPage(response.body())) {
        throw HttpFailures.ofPage(place, response.body(), credentials.secrets());
      }
      return response;
    } catch (TimeoutException e) {
      answer.cancel(true);
      String seconds = deadline.toMillis() / 1000.0 + " s";
      throw new CallFailure(
          Kind.TIMED_OUT, place + " did not answer within " + seconds, 0, null, e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new ServerUnavailableException(
          "What waited for an answer of " + place + " was interrupted.", 0, e);
    } catch (ExecutionException e) {
      throw unreachable(place, e.getCause() == null ? e : e.getCause());
    }
  }

  private CallFailure unreachable(String place, Throwable cause) {
    Optional<CallFailure> ofTls = TlsFailures.of(place, cause, credentials.secrets());
    if (ofTls.isPresent()) {
      return ofTls.get();
    }
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      String how = cause instanceof HttpConnectTimeoutException ? " in time" : "";
      return new CallFailure(
          Kind.UNAVAILABLE, "nobody at " + place + " takes a connection" + how, 0, null, cause);
    }
    if (cause instanceof IOException) {
      return new CallFailure(
          Kind.UNAVAILABLE, place + " cannot be reached (" + reason(cause) + ")", 0, null, cause);
    }
    throw new IllegalStateException("a request could not be sent to " + place, cause);
  }

  private String reason(Throwable thrown) {
    Throwable deepest = thrown;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null || message.isBlank()
        ? deepest.getClass().getSimpleName()
        : ServerMessage.shown(message, credentials.secrets());
  }
}
