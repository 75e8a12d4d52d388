package org.robustnessgap.serving.oip;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

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
    URI uri = uri(location);
    Matcher path = PATH.matcher(uri.getPath() == null ? "" : uri.getPath());
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    if (!scheme.matches("oip\\+(http|grpc)s?") || uri.getHost() == null || !path.matches()) {
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

  /** Refuses what would be a credential, without repeating it. */
  private static URI uri(String location) {
    URI uri;
    try {
      uri = new URI(location);
    } catch (URISyntaxException e) {
      throw new InvalidInputException(
          "The address of a served model is none ("
              + e.getReason()
              + "); it has the form "
              + FORM
              + ".");
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null) {
      throw new InvalidInputException(
          "The address of the served model at "
              + uri.getHost()
              + " holds a user or a query; name the headers that it wants in a file, as the endpoint's credentials.");
    }
    return uri;
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
