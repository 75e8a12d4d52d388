package org.robustnessgap.generator.traffic;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.service.kafka.KafkaSettings;

/**
 * Where topics of live traffic are.
 *
 * @param own cluster of the services
 * @param folder of files of properties, of which campaigns name one; null if there is none
 */
record TrafficClusters(KafkaSettings own, @Nullable Path folder) {
  private static final String SERVERS = "bootstrap.servers";

  /**
   * How clients reach a topic. What the services use to reach their own cluster goes to no other.
   *
   * @throws InvalidInputException if the file that is named cannot be read or names no servers
   */
  KafkaSettings of(TrafficTopic topic) {
    if (topic.properties() != null) {
      return ofFile(topic.properties());
    }
    return topic.bootstrapServers() == null ? own : new KafkaSettings(topic.bootstrapServers());
  }

  private KafkaSettings ofFile(String name) {
    if (folder == null) {
      throw new InvalidInputException(
          "The campaign names the file of properties "
              + name
              + ", but the generator service was started without --traffic-properties; name its folder there.");
    }
    Properties file = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve(name))) {
      file.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(
          "The file of properties "
              + name
              + " cannot be read; put it into the folder of --traffic-properties.",
          e);
    }
    Map<String, String> all = new HashMap<>();
    file.stringPropertyNames().forEach(key -> all.put(key, file.getProperty(key)));
    String servers = all.remove(SERVERS);
    if (servers == null || servers.isBlank()) {
      throw new InvalidInputException(
          "The file of properties " + name + " has no " + SERVERS + "; add them.");
    }
    return new KafkaSettings(servers, all);
  }
}
