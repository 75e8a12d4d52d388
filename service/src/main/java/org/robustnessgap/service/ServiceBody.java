package org.robustnessgap.service;

/**
 * The working part of a service: built on Kafka clients, driven by a {@link ServiceLoop}, thrown
 * away and built anew when it fails. Used by one thread.
 */
public interface ServiceBody extends AutoCloseable {
  /**
   * One round of work, at most about a second long when idle. Any exception ends this body, not the
   * service.
   */
  void step() throws Exception;

  /** Whether the body has caught up with the past and does its work. Called from other threads. */
  boolean ready();

  /** Ends the body; called within the graceful stop's patience, also after a failure. */
  @Override
  void close();
}
