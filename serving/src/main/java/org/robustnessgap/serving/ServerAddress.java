package org.robustnessgap.serving;

import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.HttpCalls;
import org.robustnessgap.serving.call.ModelServer;
import org.robustnessgap.serving.oip.OipAddress;
import org.robustnessgap.serving.oip.OipGrpcServer;
import org.robustnessgap.serving.oip.OipHttpServer;

/** Which protocol an address speaks. */
final class ServerAddress {
  private ServerAddress() {}

  /**
   * Asks nothing yet.
   *
   * @throws InvalidInputException if the address is of no known form
   */
  static ModelServer open(String location, Credentials credentials, Deadlines deadlines) {
    OipAddress address = OipAddress.parse(location);
    if (address.grpc()) {
      return new OipGrpcServer(address, credentials, deadlines);
    }
    return new OipHttpServer(address, new HttpCalls(credentials, deadlines));
  }
}
