package org.robustnessgap.attack;

import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.Norm;

/** Every attack of {@link Attacks} does what an attack must do. */
@ParameterizedClass
@MethodSource("attacks")
class AttacksTest extends AttackCompatibilityKit {
  private final Attack attack;

  AttacksTest(Attack attack) {
    this.attack = attack;
  }

  static List<Attack> attacks() {
    BoundaryDescentAttack descent = Attacks.boundaryDescent();
    return List.of(
        descent,
        descent.effort(Effort.FAST),
        descent.effort(Effort.THOROUGH).seed(3),
        descent.norm(Norm.LINF),
        descent.pixelRange(0, 1),
        descent.norm(Norm.LINF).pixelRange(-1, 1),
        descent.budget(25),
        Attacks.queryDescent().queries(60),
        Attacks.queryDescent().access(Access.LABELS).queries(200),
        Attacks.queryDescent().norm(Norm.LINF).pixelRange(-1, 1).queries(60),
        Attacks.queryDescent().norm(Norm.LINF).pixelRange(0, 1).access(Access.LABELS),
        Attacks.hopSkipJump(),
        Attacks.deepFool(),
        Attacks.fastGradientSign(),
        Attacks.fastGradientSign().norm(Norm.LINF));
  }

  @Override
  protected Attack attack() {
    return attack;
  }
}
