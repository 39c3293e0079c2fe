import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { Option } from "./Select";
import styles from "./Tabs.module.css";

interface SegmentedControlProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly Option<Value>[];
}

/** One of two to four, side by side. */
export function SegmentedControl<Value extends string>({ label, value, onChange, options }: SegmentedControlProps<Value>) {
  return (
    <RadioGroup aria-label={label} className={styles.segments} value={value} onValueChange={(next) => onChange(next)}>
      {options.map((option) => (
        <Radio.Root key={option.value} value={option.value} className={styles.segment} aria-label={option.label}>
          {option.icon}
          <span aria-hidden="true">{option.label}</span>
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
