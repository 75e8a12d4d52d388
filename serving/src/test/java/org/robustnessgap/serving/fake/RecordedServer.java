package org.robustnessgap.serving.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that answers by a function and keeps what it was asked. */
public class RecordedServer implements AutoCloseable {
  /** What came. */
  public record Request(String method, String target, Map<String, String> headers, byte[] body) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /**
   * What goes.
   *
   * @param chunked without a Content-Length
   */
  public record Reply(int status, Map<String, String> headers, byte[] body, boolean chunked) {
    public static Reply of(int status, String type, String body) {
      return new Reply(
          status, Map.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8), false);
    }

    public static Reply json(int status, String body) {
      return of(status, "application/json", body);
    }

    public static Reply text(int status, String body) {
      return of(status, "text/plain", body);
    }
  }

  /** What answers a request. */
  public interface Handler {
    /** Empty to let whoever asked wait until the server is closed. */
    Optional<Reply> answer(Request request);
  }

  static {
    // Else each answer waits for the other side's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Handler handler;
  private HttpServer server;

  public RecordedServer(Handler handler) {
    this.handler = handler;
    this.server = started(0);
  }

  private HttpServer started(int port) {
    try {
      HttpServer started =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      started.setExecutor(threads);
      started.createContext("/", this::handle);
      started.start();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** What it was asked so far. */
  public List<Request> requests() {
    return requests;
  }

  /** Nobody listens any more. */
  public final void goDown() {
    server.stop(0);
  }

  /** It listens again, at the same port. */
  public final void comeUp() {
    server = started(port());
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
    Request request =
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            headers,
            exchange.getRequestBody().readAllBytes());
    requests.add(request);
    Optional<Reply> reply = handler.answer(request);
    if (reply.isEmpty()) {
      await();
    } else {
      Reply sent = reply.get();
      sent.headers().forEach(exchange.getResponseHeaders()::set);
      long length = sent.body().length == 0 ? -1 : sent.chunked() ? 0 : sent.body().length;
      exchange.sendResponseHeaders(sent.status(), length);
      exchange.getResponseBody().write(sent.body());
    }
    exchange.close();
  }

  private void await() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
