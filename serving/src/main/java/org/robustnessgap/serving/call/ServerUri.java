package org.robustnessgap.serving.call;

import java.net.URI;
import java.net.URISyntaxException;
import org.robustnessgap.messages.InvalidInputException;

/** Addresses of servers, which hold no credentials. */
public final class ServerUri {
  private ServerUri() {}

  /**
   * @param form what addresses of the kind look like, for messages
   * @throws InvalidInputException if it is no address of a host, or would hold a credential, which
   *     is not repeated
   */
  public static URI parse(String address, String form) {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      throw new InvalidInputException(
          "The address of a server is none (" + e.getReason() + "); it has the form " + form + ".");
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null) {
      throw new InvalidInputException(
          "The address of the server at "
              + uri.getHost()
              + " holds a user or a query; name the headers that it wants in a file, as the endpoint's credentials.");
    }
    if (uri.getHost() == null || uri.getPath() == null) {
      throw new InvalidInputException(
          "The address " + address + " names no host; it has the form " + form + ".");
    }
    return uri;
  }
}
