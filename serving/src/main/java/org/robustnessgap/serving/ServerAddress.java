package org.robustnessgap.serving;

import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.HttpCalls;
import org.robustnessgap.serving.call.ModelServer;
import org.robustnessgap.serving.mlflow.InvocationsServer;
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
  static ModelServer open(
      String location, Endpoint endpoint, Credentials credentials, Deadlines deadlines) {
    if (location.startsWith("models:")) {
      throw new InvalidInputException(
          "The model "
              + location
              + " is kept by a registry, which answers nothing itself; name MLFLOW_TRACKING_URI to fetch it, or give the address of what serves it.");
    }
    if (!location.startsWith("oip+")) {
      return new InvocationsServer(
          location, new HttpCalls(credentials, deadlines), endpoint.input());
    }
    OipAddress address = OipAddress.parse(location);
    if (address.grpc()) {
      return new OipGrpcServer(address, credentials, deadlines);
    }
    return new OipHttpServer(address, new HttpCalls(credentials, deadlines));
  }
}
