package org.robustnessgap.campaign.run;

import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;

/** Models by what jobs call them, ready to run. */
public interface Models extends AutoCloseable {
  /**
   * @throws InvalidInputException if it is missing or no usable generator
   */
  GeneratorModel generator(GeneratorReference reference);

  /**
   * @throws InvalidInputException if one is missing, no usable model, or the two do not fit
   */
  AttackTarget target(GeneratorReference generator, ModelReference classifier);

  /** What runs them. */
  Engine engine();

  @Override
  void close();
}
