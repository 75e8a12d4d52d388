package org.robustnessgap.deploy.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.service.kafka.KafkaSettings;

/**
 * One Kafka node, broker and controller in one, that keeps its data in a directory and can be
 * started there again, also after its process was killed. Listens on the loopback address only,
 * without authentication: for demonstrations and tests on one machine.
 */
public final class KraftBroker implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int NODE = 1;
  private static final int LARGEST_PORT = 65_535;

  private final KafkaRaftServer server;
  private final int port;

  private KraftBroker(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts a broker and waits until it serves clients.
   *
   * @param data its directory; formatted when it holds no Kafka data yet
   * @param port where clients connect; 0 for any free one
   * @throws InvalidInputException if the port is taken or the directory cannot be used
   */
  public static KraftBroker start(Path data, int port) {
    BrokerLogs.errorsOnly();
    requireNoOtherBroker(data);
    int clientPort = freePort(port);
    Map<String, String> properties = properties(data, clientPort, freePort(0));
    format(data);
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    server.startup();
    return new KraftBroker(server, clientPort);
  }

  /** How clients on this machine reach it. */
  public KafkaSettings settings() {
    return new KafkaSettings(HOST + ":" + port);
  }

  public int port() {
    return port;
  }

  /** Stops gracefully and waits for it. The data stay. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static Map<String, String> properties(Path data, int port, int controllerPort) {
    Map<String, String> all = new HashMap<>();
    all.put("process.roles", "broker,controller");
    all.put("node.id", Integer.toString(NODE));
    all.put("controller.quorum.voters", NODE + "@" + HOST + ":" + controllerPort);
    all.put("controller.listener.names", "CONTROLLER");
    all.put(
        "listeners",
        "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
    all.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
    all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    all.put("log.dirs", data.toString());
    all.put("auto.create.topics.enable", "false");
    for (String internal :
        new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      all.put(internal + ".replication.factor", "1");
      all.put(internal + ".num.partitions", "1");
    }
    all.put("transaction.state.log.min.isr", "1");
    all.put("share.coordinator.state.topic.min.isr", "1");
    // A killed broker's session must lapse before its next life may register; attacks on all cores
    // can keep a living one from its heartbeats for a few seconds.
    all.put("broker.session.timeout.ms", "6000");
    all.put("broker.heartbeat.interval.ms", "500");
    // Clients join at once, and the jobs of a lost worker soon go to another.
    all.put("group.initial.rebalance.delay.ms", "0");
    all.put("group.min.session.timeout.ms", "1000");
    all.put("group.consumer.min.session.timeout.ms", "1000");
    all.put("group.consumer.min.heartbeat.interval.ms", "250");
    all.put("group.share.min.session.timeout.ms", "1000");
    all.put("group.share.session.timeout.ms", "6000");
    all.put("group.share.min.heartbeat.interval.ms", "250");
    all.put("group.share.heartbeat.interval.ms", "1000");
    all.put("group.share.min.record.lock.duration.ms", "1000");
    // Small buffers: the defaults are those of a server with gigabytes of heap.
    all.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    all.put("num.network.threads", "2");
    all.put("num.io.threads", "4");
    all.put("background.threads", "2");
    return all;
  }

  private static void format(Path data) {
    try {
      Files.createDirectories(data);
      if (Files.exists(data.resolve("meta.properties"))) {
        return;
      }
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setNodeId(NODE)
          .setClusterId(Uuid.randomUuid().toString())
          .addDirectory(data.toString())
          .setMetadataLogDirectory(data.toString())
          .setControllerListenerName("CONTROLLER")
          .run();
    } catch (Exception e) {
      throw new InvalidInputException(
          "The broker cannot keep its data in "
              + data
              + " ("
              + e
              + "); name a directory that can be written.",
          e);
    }
  }

  private static void requireNoOtherBroker(Path data) {
    Path lock = data.resolve(".lock");
    if (!Files.exists(lock)) {
      return;
    }
    boolean free;
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      free = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      free = false;
    } catch (IOException e) {
      throw new InvalidInputException(
          "The broker cannot use " + data + ": " + e + "; name a directory that can be written.",
          e);
    }
    if (!free) {
      throw new InvalidInputException(
          "Another broker runs on " + data + "; stop it, or name another directory.");
    }
  }

  /** The wanted port, or any if it is 0, provided that nobody listens there. */
  private static int freePort(int wanted) {
    if (wanted < 0 || wanted > LARGEST_PORT) {
      throw new InvalidInputException(
          "There is no port " + wanted + "; pass one between 1 and " + LARGEST_PORT + ".");
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(HOST), wanted));
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new InvalidInputException(
          "The broker cannot listen on port "
              + wanted
              + " ("
              + e.getMessage()
              + "); stop what uses it, or pass another port.",
          e);
    }
  }
}
