package org.robustnessgap.deploy.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.robustnessgap.messages.InvalidInputException;

/** Says before any work that a port cannot be listened on. */
public final class FreePort {
  private static final int LARGEST = 65_535;

  private FreePort() {}

  /**
   * @param port from 0, which is any free one
   * @param option how it was given
   * @throws InvalidInputException if there is no such port, or another program has it
   */
  public static void require(int port, String option) {
    if (port < 0 || port > LARGEST) {
      throw new InvalidInputException(
          String.format(
              "There is no port %d; pass %s with a number from 0 to %d.", port, option, LARGEST));
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(port));
    } catch (IOException e) {
      throw new InvalidInputException(
          String.format(
              "Port %d cannot be opened (%s); pass %s with a free one, or stop the program that uses it.",
              port, e.getMessage(), option),
          e);
    }
  }
}
