package org.robustnessgap.engine.nd4j;

import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineProvider;
import org.robustnessgap.engine.EngineSettings;

/** Finds {@link Nd4jEngine}. */
public final class Nd4jProvider implements EngineProvider {
  @Override
  public String name() {
    return Nd4jEngine.NAME;
  }

  @Override
  public Engine open(EngineSettings settings) {
    return new Nd4jEngine(settings);
  }
}
