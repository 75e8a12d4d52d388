package org.robustnessgap.serving.call;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.robustnessgap.messages.InvalidInputException;

/** Addresses of servers, which hold no credentials. */
public final class ServerUri {
  private static final Pattern HELD = Pattern.compile("[^/?#]*(//[^/?#]*@|(//)?[^?#]*[?#])");

  private static final int MOST_PORT = 65_535;

  private ServerUri() {}

  /**
   * @param form what addresses of the kind look like, for messages
   * @throws InvalidInputException if it is no address of a host, or would hold a credential, which
   *     is not repeated
   */
  public static URI parse(String address, String form) {
    // Before it is parsed: what does not parse would be repeated.
    if (HELD.matcher(address).lookingAt()) {
      throw new InvalidInputException(
          "The address of a server holds a user or a query, which may be secret and is not repeated; leave it out, and name the headers that the server wants in a file, as the endpoint's credentials.");
    }
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      throw new InvalidInputException(
          "The address of a server is none (" + e.getReason() + "); it has the form " + form + ".");
    }
    if (uri.getHost() == null || uri.getPath() == null) {
      throw new InvalidInputException(
          "The address " + address + " names no host; it has the form " + form + ".");
    }
    if (uri.getPort() == 0 || uri.getPort() > MOST_PORT) {
      throw new InvalidInputException(
          "The address " + address + " names a port that is none; it has the form " + form + ".");
    }
    return uri;
  }
}
