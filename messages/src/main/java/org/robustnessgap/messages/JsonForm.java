package org.robustnessgap.messages;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method, without parameters, whose result is written as JSON in place of the object; and the
 * static method or constructor, of one parameter, that makes the object of what was read.
 */
@Target({ElementType.METHOD, ElementType.CONSTRUCTOR})
@Retention(RetentionPolicy.RUNTIME)
public @interface JsonForm {}
