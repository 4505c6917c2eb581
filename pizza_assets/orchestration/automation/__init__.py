"""What starts runs without a person: the schedule, the sensors and what they look at; and the alerts about failures."""
