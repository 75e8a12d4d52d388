package org.robustnessgap.deploy.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Keeps what a broker always warns of, at every start and stop, off the console. */
final class BrokerLogs {
  private static final List<String> TALKATIVE =
      List.of(
          "kafka",
          "state.change.logger",
          "org.apache.kafka.controller",
          "org.apache.kafka.coordinator",
          "org.apache.kafka.image",
          "org.apache.kafka.metadata",
          "org.apache.kafka.raft",
          "org.apache.kafka.server",
          "org.apache.kafka.snapshot",
          "org.apache.kafka.storage",
          // The broker's own clients outlive its listeners by a moment.
          "org.apache.kafka.clients.NetworkClient");

  private BrokerLogs() {}

  /** Lets only lasting errors of the broker through, whatever the configuration says. */
  static void errorsOnly() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (factory instanceof LoggerContext logback) {
      TALKATIVE.forEach(name -> logback.getLogger(name).setLevel(Level.ERROR));
      // Its errors are requests that come while the controller starts or stops, and are repeated.
      logback.getLogger("kafka.server.ControllerApis").setLevel(Level.OFF);
    }
  }
}
