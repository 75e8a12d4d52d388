package org.robustnessgap.generator.registry;

import java.util.concurrent.Semaphore;

/**
 * Passes on that a registry may have changed.
 *
 * @param permits one for each hint
 */
public record RegistryHints(Semaphore permits) {}
