package org.robustnessgap.messages;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A type that programs outside this project may rely on, with its public nested types: what it has
 * is not taken away or changed but in a new major version; before 1.0.0 in a new minor one, and the
 * change log says so. Everything else may change at any time; so may those members of a stable type
 * whose signature names a type that is not stable, and those marked {@link InternalApi}.
 *
 * <p>{@code docs/reference/stable-api.txt} lists all of it, and a test fails where that changes.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface StableApi {}
