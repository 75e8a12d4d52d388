package org.robustnessgap.service;

import io.micronaut.context.annotation.Factory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;

/**
 * One registry a service: the library's default one is global, and several services may share a
 * JVM.
 */
@Factory
final class ServiceFactory {
  @Singleton
  PrometheusRegistry registry() {
    return new PrometheusRegistry();
  }
}
