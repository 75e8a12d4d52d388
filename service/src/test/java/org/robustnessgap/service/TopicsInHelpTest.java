package org.robustnessgap.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Topic;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class TopicsInHelpTest {
  @Command(name = "echo-service", description = "Says again what was said.")
  static final class Echo extends ServiceCommand {
    @Override
    protected String service() {
      return "echo-service";
    }

    @Override
    protected List<Topic> reads() {
      return List.of(Topic.LATENT_SAMPLES, Topic.CAMPAIGNS, Topic.JOB_FAILURES);
    }

    @Override
    protected List<Topic> writes() {
      return List.of(Topic.ATTACK_RESULTS);
    }
  }

  @Test
  void theHelpSaysWhatTheServiceReadsAndWrites() {
    assertThat(new CommandLine(new Echo()).getUsageMessage(CommandLine.Help.Ansi.OFF))
        .contains("Says again what was said.")
        .contains("Reads campaigns, job-failures and latent-samples; writes attack-results.");
  }
}
