package org.robustnessgap.generator.registry;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the aliases that campaigns name, again and again on a thread of its own, and at once after
 * a hint: an event may be lost, or wrong, so the registry alone is believed.
 */
public final class RegistryWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryWatch.class);

  /** Where an alias points to. */
  public record Seen(String alias, String version) {}

  private final Registry registry;
  private final Duration period;
  private final Semaphore hints;
  private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
  private final Map<String, String> known = new ConcurrentHashMap<>();
  private final Map<String, String> complaints = new ConcurrentHashMap<>();
  private final Thread reading = new Thread(this::read, "registry");
  private volatile Set<String> aliases = Set.of();
  private volatile boolean closed;

  /**
   * @param hints a permit for everything that may have moved an alias
   * @param period between two readings without a hint
   */
  public RegistryWatch(Registry registry, Semaphore hints, Duration period) {
    this.registry = registry;
    this.hints = hints;
    this.period = period;
    reading.setDaemon(true);
    reading.start();
  }

  /** From here on these are read, and no others. */
  public void follow(Set<String> wanted) {
    if (!wanted.equals(aliases)) {
      aliases = Set.copyOf(wanted);
      hints.release();
    }
  }

  /** Where the next alias pointed to when it was read; empty if none was read since. */
  public Optional<Seen> poll() {
    return Optional.ofNullable(seen.poll());
  }

  private void read() {
    try {
      while (!closed) {
        if (hints.tryAcquire(period.toMillis(), TimeUnit.MILLISECONDS)) {
          hints.drainPermits();
        }
        aliases.forEach(this::read);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(String alias) {
    try {
      String version = registry.version(alias);
      complaints.remove(alias);
      String before = known.put(alias, version);
      if (!version.equals(before)) {
        LOG.info("{} is version {}{}", alias, version, before == null ? "" : ", was " + before);
      }
      // Told again each time: what it begins may depend on results that came since.
      seen.add(new Seen(alias, version));
    } catch (ServerUnavailableException | InvalidInputException e) {
      String reason = String.valueOf(e.getMessage());
      if (!reason.equals(complaints.put(alias, reason))) {
        LOG.warn("cannot read {}: {}", alias, reason);
      }
    } catch (RuntimeException e) {
      LOG.error("cannot read {}", alias, e);
    }
  }

  @Override
  public void close() {
    closed = true;
    reading.interrupt();
  }
}
