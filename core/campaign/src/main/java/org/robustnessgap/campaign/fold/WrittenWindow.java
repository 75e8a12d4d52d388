package org.robustnessgap.campaign.fold;

/** A window as an aggregator wrote it, perhaps an older one. */
public interface WrittenWindow {
  WindowState state();
}
