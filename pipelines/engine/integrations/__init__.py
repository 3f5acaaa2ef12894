"""What Task states call: the engine's own services, as Step Functions' integrations call AWS's."""
