package org.robustnessgap.example;

import org.robustnessgap.attack.Attack;
import org.robustnessgap.attack.AttackCompatibilityKit;

// tag::kit[]
class GradientLineAttackTest extends AttackCompatibilityKit {
  @Override
  protected Attack attack() {
    return new GradientLineAttack(30, 20);
  }
}
// end::kit[]
