package org.robustnessgap.generator.registry;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Where MLflow's webhook delivers. */
@Controller("/webhooks")
final class WebhookController {
  private final Semaphore hints;
  private final Optional<WebhookDeliveries> deliveries;

  WebhookController(RegistryOptions options, RegistryHints hints) {
    this.hints = hints.permits();
    this.deliveries =
        options.secret().map(secret -> new WebhookDeliveries(secret, Clock.systemUTC()));
  }

  @Post(uri = "/mlflow", consumes = MediaType.ALL, produces = MediaType.TEXT_PLAIN)
  HttpResponse<String> delivered(HttpRequest<?> request, @Body byte @Nullable [] body) {
    if (deliveries.isEmpty()) {
      return HttpResponse.<String>notFound()
          .body("This service takes no webhooks; start it with --webhook-secret.");
    }
    WebhookDeliveries.Verdict verdict =
        deliveries
            .get()
            .judge(
                request.getHeaders().get("X-MLflow-Delivery-Id"),
                request.getHeaders().get("X-MLflow-Timestamp"),
                request.getHeaders().get("X-MLflow-Signature"),
                body == null ? new byte[0] : body);
    return switch (verdict) {
      case TAKEN -> {
        hints.release();
        yield HttpResponse.<String>accepted().body("The registry is read again.");
      }
      // Not an error of the sender's: it would only be repeated.
      case REPLAYED -> HttpResponse.ok("It was taken before.");
      case FORGED ->
          HttpResponse.<String>status(HttpStatus.UNAUTHORIZED)
              .body("Not signed with the secret of this service, or too old.");
    };
  }
}
