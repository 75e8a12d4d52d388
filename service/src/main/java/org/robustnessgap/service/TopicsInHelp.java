package org.robustnessgap.service;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.robustnessgap.messages.Topic;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;

/** Ends the description of a service with what it reads and writes, from the service itself. */
final class TopicsInHelp implements IModelTransformer {
  @Override
  public CommandSpec transform(CommandSpec spec) {
    ServiceCommand command = (ServiceCommand) spec.userObject();
    String topics = "Reads " + names(command.reads()) + "; writes " + names(command.writes()) + ".";
    spec.usageMessage()
        .description(
            Stream.concat(Stream.of(spec.usageMessage().description()), Stream.of(topics))
                .toArray(String[]::new));
    return spec;
  }

  private static String names(Collection<Topic> topics) {
    List<String> names = topics.stream().map(Topic::topicName).distinct().sorted().toList();
    int last = names.size() - 1;
    return last < 1
        ? String.join("", names)
        : names.subList(0, last).stream().collect(Collectors.joining(", "))
            + " and "
            + names.get(last);
  }
}
