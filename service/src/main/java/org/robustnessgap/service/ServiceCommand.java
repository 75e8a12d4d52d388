package org.robustnessgap.service;

import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.robustnessgap.messages.Topic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The command line that all services share; a service subclasses it, names itself and adds its own
 * options.
 */
@Command(modelTransformer = TopicsInHelp.class)
public abstract class ServiceCommand implements Callable<Integer> {
  @Mixin private KafkaOptions kafka;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description =
          "HTTP port of /metrics and /health (default: ${DEFAULT-VALUE}; 0 for any free one).")
  private int port;

  /** The service's name, as its package requires it. */
  protected abstract String service();

  /** The topics it reads; {@code --help} says so. */
  protected abstract Collection<Topic> reads();

  /** The topics it writes; {@code --help} says so. */
  protected abstract Collection<Topic> writes();

  /** Further singletons made from the service's own options. */
  protected Object[] beans() {
    return new Object[0];
  }

  /** Runs until the process is told to stop. */
  @Override
  public Integer call() throws InterruptedException {
    RunningService running = RunningService.start(service(), kafka.settings(), port, beans());
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  running.close();
                  stopped.countDown();
                },
                "shutdown"));
    System.out.printf("%s runs; http://localhost:%d/metrics%n", service(), running.port());
    stopped.await();
    return 0;
  }
}
