package org.robustnessgap.serving.call;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.robustnessgap.serving.call.CallFailure.Kind;

/**
 * What listens at a port, found out by greeting it: libraries for one protocol tell little of what
 * speaks another.
 */
public enum Listener {
  /** HTTP/1.1 without TLS. */
  HTTP,
  /** HTTP/2 without TLS, which is gRPC. */
  GRPC,
  /** Anything over TLS. */
  TLS,
  /** Nobody, or something else. */
  UNKNOWN;

  /** A server of HTTP/2 sends its settings unasked. */
  private static final int SETTINGS = 4;

  private static final int TYPE_OF_FRAME = 3;

  private static final byte[] REQUEST =
      "GET / HTTP/1.0\r\nUser-Agent: robustness-gap\r\nX-Robustness-Probe: 1\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private static final String BAD_REQUEST = " 400";

  /**
   * Greets it, with a connection for each of two greetings at most.
   *
   * @param patience for each answer
   */
  public static Listener at(String host, int port, Duration patience) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    int millis = Math.toIntExact(patience.toMillis());
    byte[] plain = answer(address, REQUEST, millis);
    if (isHttp2(plain)) {
      return GRPC;
    }
    String status = new String(plain, StandardCharsets.US_ASCII);
    if (status.matches("HTTP/1\\.\\d .*") && !status.endsWith(BAD_REQUEST)) {
      return HTTP;
    }
    // Many a port of TLS answers so to what is none.
    if (isTls(address, millis)) {
      return TLS;
    }
    return status.startsWith("HTTP/1.") ? HTTP : UNKNOWN;
  }

  /** Whoever shows a certificate, or sends an alert, speaks it. */
  private static boolean isTls(InetSocketAddress address, int millis) {
    try (Socket socket = new Socket()) {
      socket.connect(address, millis);
      socket.setSoTimeout(millis);
      SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
      try (SSLSocket secure =
          (SSLSocket)
              factory.createSocket(socket, address.getHostString(), address.getPort(), true)) {
        secure.startHandshake();
        return true;
      }
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).contains("fatal alert")
          || TlsFailures.of(address.getHostString(), e, List.of())
              .filter(failure -> failure.kind() == Kind.UNTRUSTED)
              .isPresent();
    }
  }

  private static boolean isHttp2(byte[] answer) {
    return answer.length > TYPE_OF_FRAME && answer[0] == 0 && answer[TYPE_OF_FRAME] == SETTINGS;
  }

  /** The first bytes; none if none come. */
  private static byte[] answer(InetSocketAddress address, byte[] greeting, int millis) {
    try (Socket socket = new Socket()) {
      socket.connect(address, millis);
      socket.setSoTimeout(millis);
      socket.getOutputStream().write(greeting);
      return first(socket);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private static byte[] first(Socket socket) throws IOException {
    byte[] bytes = new byte["HTTP/1.1 400".length()];
    int n = 0;
    try {
      while (n < bytes.length) {
        int read = socket.getInputStream().read(bytes, n, bytes.length - n);
        if (read < 0) {
          break;
        }
        n += read;
      }
    } catch (IOException e) {
      // What came before tells enough.
    }
    return Arrays.copyOf(bytes, n);
  }
}
