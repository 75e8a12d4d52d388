package org.robustnessgap.serving.oip;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.ServerUri;

/**
 * {@code oip+http(s)://host[:port][/prefix]/v2/models/M[/versions/V]}, or with {@code grpc(s)}.
 *
 * @param grpc whether it is asked over gRPC
 * @param secure whether over TLS
 * @param host name or number
 * @param port -1 for that of the scheme
 * @param prefix what stands before {@code /v2}, for instance where a gateway holds several servers;
 *     empty for nothing
 * @param model its name
 * @param version null for the one that the server chooses
 */
public record OipAddress(
    boolean grpc,
    boolean secure,
    String host,
    int port,
    String prefix,
    String model,
    @Nullable String version) {
  private static final Pattern PATH =
      Pattern.compile("(?<prefix>.*)/v2/models/(?<model>[^/]+)(/versions/(?<version>[^/]+))?/?");

  private static final String FORM =
      "oip+http://HOST:PORT/v2/models/MODEL or oip+grpc://HOST:PORT/v2/models/MODEL, with /versions/VERSION for one of them";

  /**
   * @throws InvalidInputException if it is no such address
   */
  public static OipAddress parse(String location) {
    URI uri = ServerUri.parse(location, FORM);
    Matcher path = PATH.matcher(uri.getPath());
    String scheme = uri.getScheme();
    if (!scheme.matches("oip\\+(http|grpc)s?") || !path.matches()) {
      throw new InvalidInputException(
          "The address " + location + " is not of the form " + FORM + ".");
    }
    return new OipAddress(
        scheme.startsWith("oip+grpc"),
        scheme.endsWith("s"),
        uri.getHost(),
        uri.getPort(),
        path.group("prefix"),
        path.group("model"),
        path.group("version"));
  }

  /** Where the server is asked over HTTP. */
  public URI server() {
    return http(prefix + "/v2");
  }

  /** Where the model, or its version, is asked over HTTP. */
  public URI http() {
    return http(prefix + "/v2/models/" + model + (version == null ? "" : "/versions/" + version));
  }

  private URI http(String path) {
    try {
      return new URI(secure ? "https" : "http", null, host, port, path, null, null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("an address that was parsed is none", e);
    }
  }
}
